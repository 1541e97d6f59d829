import TestSupport
import Testing

@testable import Memcached

@Suite("A client's configuration", .fewAtATime)
struct ClientConfigurationTests {
    private typealias Change = @Sendable (inout ClientConfiguration) -> Void

    @Test("The defaults are valid")
    func defaults() throws {
        try ClientConfiguration(servers: [MemcachedServer(.host("cache-1"))]).validate()
    }

    @Test("A setting out of its range is refused by its name")
    func ranges() throws {
        let changes: [(String, Change)] = [
            ("at least one server", { $0.servers = [] }),
            ("cache-1:11211 is configured twice", { $0.servers.append($0.servers[0]) }),
            ("weight of cache-1:11211", { $0.servers[0].weight = 0 }),
            ("weight of cache-1:11211", { $0.servers[0].weight = 1_000_001 }),
            ("connectionsPerServer", { $0.connectionsPerServer = 0 }),
            ("connectionsPerServer", { $0.connectionsPerServer = 65 }),
            ("timeout must", { $0.timeout = .zero }),
            ("initialBackoff must", { $0.initialBackoff = .zero }),
            ("maximumBackoff must", { $0.maximumBackoff = .milliseconds(49) }),
            ("shutdownTimeout must", { $0.shutdownTimeout = .seconds(-1) }),
            ("batchWindow must", { $0.batchWindow = 0 }),
            ("batchWindowBytes must", { $0.batchWindowBytes = 0 }),
            ("connectTimeout must", { $0.connection.connectTimeout = .zero }),
            ("stallTimeout must", { $0.connection.stallTimeout = .zero }),
            ("idleCheckInterval must", { $0.connection.idleCheckInterval = .zero }),
            ("busyPollTime must", { $0.connection.busyPollTime = .microseconds(-1) }),
            ("busyPollTime must", { $0.connection.busyPollTime = .microseconds(1_001) }),
            ("maximumRequestsInFlight must", { $0.connection.maximumRequestsInFlight = 0 }),
            ("maximumBytesInFlight must", { $0.connection.maximumBytesInFlight = 0 }),
            ("itemSizeLimit must", { $0.connection.itemSizeLimit = 1023 }),
            ("maximumReplyBytes must", { $0.connection.maximumReplyBytes = $0.connection.itemSizeLimit - 1 }),
            ("maximumReplyBytes must", { $0.connection.maximumReplyBytes = Int(Int32.max) + 1 }),
        ]
        for (words, change) in changes {
            var configuration = ClientConfiguration(servers: [MemcachedServer(.host("cache-1"))])
            change(&configuration)
            let error = try #require(throws: MemcachedError.self) { try configuration.validate() }
            #expect(error.code == .invalidArgument)
            #expect(error.message.contains(words), "\(error.message)")
        }
    }
}
