import Memcached
import NIOCore
import TestSupport
import Testing

/// What reaches a real memcached, by its own count, where the connection ends between a request and its reply.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct SentOnceTests {
    struct Operation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let body: @Sendable (MemcachedClient) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (MemcachedClient) async throws -> some Any) {
            testDescription = name
            self.body = { _ = try await body($0) }
        }
    }

    static let mutations = [
        Operation("set") { try await $0.set("key", to: bytes("7")) },
        Operation("add") { try await $0.add("new", value: bytes("7")) },
        Operation("replace") { try await $0.replace("key", value: bytes("7")) },
        Operation("append") { try await $0.append(bytes("7"), to: "key") },
        Operation("prepend") { try await $0.prepend(bytes("7"), to: "key") },
        Operation("increment") { try await $0.increment("number") },
        Operation("decrement") { try await $0.decrement("number") },
        Operation("delete") { try await $0.delete("key") },
        Operation("touch") { try await $0.touch("key", expiration: .never) },
        Operation("get and touch") { try await $0.getAndTouch("key", expiration: .never) },
        Operation("set many") { try await $0.setMany(["key": StoreItem(value: bytes("7"))])["key"]?.get() },
        Operation("delete many") { try await $0.deleteMany(["key"])["key"]?.get() },
    ]

    static let reads = [
        Operation("get") { try await $0.get("key") },
        Operation("get many") { try await $0.getMany(["key", "number"])["key"]?.get() },
    ]

    /// What the server has counted of requests that name a key.
    private static func counts(_ client: MemcachedClient) async throws -> [String: Int] {
        let table = try #require(try await client.stats().values.first?.get())
        let names =
            ["get", "set", "touch"].map { "cmd_\($0)" }
            + ["incr", "decr", "delete", "cas", "touch"].flatMap { ["\($0)_hits", "\($0)_misses"] }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, table[$0].flatMap(Int.init) ?? -1) })
    }

    private static func prepare(_ client: MemcachedClient) async throws {
        try await client.set("key", to: bytes("5"))
        try await client.set("number", to: bytes("5"))
        _ = try await client.delete("new")
    }

    /// What it counts while the operation is made.
    private static func counted(
        on direct: MemcachedClient,
        _ operation: () async throws -> Void
    ) async throws -> [String: Int] {
        try await prepare(direct)
        let before = try await counts(direct)
        try await operation()
        return try await counts(direct).merging(before) { $0 - $1 }
    }

    @Test(arguments: mutations)
    func `a mutation reaches the server once, and its caller learns that the outcome is unknown`(
        mutation: Operation
    ) async throws {
        try await MemcachedProcess.withMemcached { process in
            try await Relay.withRelay(to: process.socketAddress) { relay in
                try await withClient(of: [process.address]) { direct in
                    // That a connection ends soon, and another one, is no reason to wait.
                    try await withClient(of: [relay.address]) {
                        $0.initialBackoff = .microseconds(1)
                    } _: { client in
                        let once = try await Self.counted(on: direct) { try await mutation.body(direct) }
                        #expect(once.values.contains { $0 > 0 })
                        _ = try await client.get("key")
                        let seen = try await Self.counted(on: direct) {
                            relay.dropNextReply()
                            #expect(await code { try await mutation.body(client) } == .outcomeUnknown)
                            // Behind this one on the new connection, nothing of the mutation can be on its way.
                            _ = try await client.get("key")
                        }
                        #expect(seen == once.merging(["cmd_get": 1]) { $0 + $1 })
                    }
                }
            }
        }
    }

    @Test func `an update makes its read again, and neither its change nor its store`() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await Relay.withRelay(to: process.socketAddress) { relay in
                try await withClient(of: [process.address]) { direct in
                    try await withClient(of: [relay.address]) { client in
                        _ = try await client.get("key")
                        let numbers = MemcachedDict<Int>(client, keyPrefix: .none, codec: .integer())
                        var changes = 0
                        let seen = try await Self.counted(on: direct) {
                            relay.dropNextReply()
                            let error = await code {
                                try await numbers.update(forKey: "number") {
                                    changes += 1
                                    $0 += 1
                                    relay.dropNextReply()
                                }
                            }
                            #expect(error == .outcomeUnknown)
                        }
                        #expect(changes == 1)
                        #expect(seen["cmd_get"] == 2 && seen["cas_hits"] == 1 && seen["cmd_set"] == 1)
                        #expect(try await direct.get("number")?.value == bytes("6"))
                    }
                }
            }
        }
    }

    @Test(arguments: reads)
    func `a read is made once more on a new connection, and its caller notices nothing`(read: Operation) async throws {
        try await MemcachedProcess.withMemcached { process in
            try await Relay.withRelay(to: process.socketAddress) { relay in
                try await withClient(of: [process.address]) { direct in
                    // That a connection ends soon, and another one, is no reason to wait.
                    try await withClient(of: [relay.address]) {
                        $0.initialBackoff = .microseconds(1)
                    } _: { client in
                        let once = try await Self.counted(on: direct) { try await read.body(direct) }
                        _ = try await client.get("key")
                        let seen = try await Self.counted(on: direct) {
                            relay.dropNextReply()
                            try await read.body(client)
                        }
                        #expect(seen == once.mapValues { 2 * $0 })
                        relay.dropNextReply()
                        #expect(try await client.version().values.first?.get().isEmpty == false)
                        relay.dropNextReply()
                        let noop = try #require(await client.noop().values.first)
                        #expect(throws: Never.self) { try noop.get() }
                        relay.dropNextReply()
                        #expect(try await client.stats().values.first?.get().isEmpty == false)
                    }
                }
            }
        }
    }
}
