import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Part {
    /// These need a server, named by MEMCACHED_SERVER.
    static let client: [Part] = [
        Part("client-get") { count in
            try await withClient { client in
                try await client.set("key:0000001", to: ByteBuffer(repeating: 1, count: 100))
                for _ in 0..<count { keep(try await client.get("key:0000001")) }
            }
        },
        Part("client-get-observed") { count in
            try await withClient { configuration in
                configuration.observability.metricsFactory = SilentMetrics()
            } _: { client in
                try await client.set("key:0000001", to: ByteBuffer(repeating: 1, count: 100))
                for _ in 0..<count { keep(try await client.get("key:0000001")) }
            }
        },
        Part("client-set") { count in
            try await withClient { client in
                let value = ByteBuffer(repeating: 1, count: 100)
                for _ in 0..<count { keep(try await client.set("key:0000001", to: value)) }
            }
        },
        Part("client-get-64-tasks") { count in
            try await withClient { client in
                try await client.set("key:0000001", to: ByteBuffer(repeating: 1, count: 100))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<64 {
                        group.addTask {
                            for _ in 0..<count / 64 { keep(try await client.get("key:0000001")) }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        },
        Part("client-get-100-keys") { count in
            try await withClient { client in
                let names = (0..<100).map { "key:000000\($0)" }
                let item = StoreItem(value: ByteBuffer(repeating: 1, count: 100))
                keep(await client.setMany(Dictionary(uniqueKeysWithValues: names.map { ($0, item) })))
                for _ in 0..<count / 100 { keep(await client.getMany(names)) }
            }
        },
    ]

    private static func withClient(
        configure: (inout MemcachedClient.Configuration) -> Void = { _ in },
        _ body: (MemcachedClient) async throws -> Void
    ) async throws {
        let server = ProcessInfo.processInfo.environment["MEMCACHED_SERVER"] ?? "127.0.0.1:11211"
        var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(server)])
        // Under valgrind everything takes its time.
        configuration.timeout = .seconds(600)
        configuration.connection.connectTimeout = .seconds(60)
        configuration.connection.stallTimeout = .seconds(600)
        configure(&configuration)
        try await withMemcachedClient(configuration: configuration) { try await body($0) }
    }
}
