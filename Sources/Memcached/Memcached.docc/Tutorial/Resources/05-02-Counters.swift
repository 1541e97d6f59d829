import Hummingbird
import Memcached

/// Counters that all instances of the service share. A cache can lose them: count what may be lost.
struct Counters: Sendable {
    private let counters: MemcachedDict<UInt64>

    init(_ client: MemcachedClient) {
        counters = MemcachedDict(client, keyPrefix: "counters", codec: .integer())
    }

    /// Adds one, and returns the new count. The server does the sum, so that no two requests are counted as one.
    func count(_ name: String) async throws -> UInt64 {
        try await counters.increment(forKey: name, initial: 1)
    }

    /// The count; 0 where nothing has been counted, or the count was lost.
    func value(_ name: String) async throws -> UInt64 {
        try await counters[name] ?? 0
    }
}

extension Counters {
    func addRoutes(to router: Router<BasicRequestContext>) {
        router.post("counters/:name") { _, context in
            String(try await count(try context.parameters.require("name")))
        }
        router.get("counters/:name") { _, context in
            String(try await value(try context.parameters.require("name")))
        }
    }
}
