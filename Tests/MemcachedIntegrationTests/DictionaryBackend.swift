import Memcached
import MemcachedTesting
import Testing

/// What a dictionary is tested on: the embedded server, and a real memcached where it is installed or must be.
enum DictionaryBackend: String, CaseIterable, Sendable {
    case embedded, real

    static var all: [DictionaryBackend] {
        isInstalledOrMustBe("memcached") ? allCases : [.embedded]
    }

    /// A server for one test.
    struct Server: Sendable {
        let address: String
        /// Becomes another, empty server in the same place.
        let restart: @Sendable () async throws -> Void
        /// Ends, and refuses connections.
        let kill: @Sendable () async -> Void
    }

    func withServer(keepingCAS: Bool = true, _ body: (Server) async throws -> Void) async throws {
        switch self {
        case .embedded:
            var configuration = MemcachedTestServer.Configuration()
            configuration.isCASEnabled = keepingCAS
            try await withMemcachedTestServer(configuration) { server in
                try await body(
                    Server(
                        address: server.address,
                        restart: { await server.restart() },
                        kill: { await server.shutdown() }
                    )
                )
            }
        case .real:
            try await MemcachedProcess.withMemcached(keepingCAS ? [] : ["-C"]) { process in
                try await body(
                    Server(
                        address: process.address,
                        restart: { try await process.restart() },
                        kill: { await process.kill() }
                    )
                )
            }
        }
    }

    func withClient(keepingCAS: Bool = true, _ body: (MemcachedClient, Server) async throws -> Void) async throws {
        try await withServer(keepingCAS: keepingCAS) { server in
            try await withMemcachedClient(configuration: .forTests([server.address])) { try await body($0, server) }
        }
    }
}

struct Visitor: Codable, Hashable, Sendable {
    var name: String
    var visits = 0
}

extension MemcachedDict<Visitor> {
    static func visitors(_ client: MemcachedClient) -> MemcachedDict {
        MemcachedDict(client, keyPrefix: "visitors", codec: .json())
    }
}

extension MemcachedClient.Configuration {
    /// Deadlines that no test meets unless it wants to, and quick returns to a server that has restarted.
    static func forTests(_ servers: [String]) throws -> MemcachedClient.Configuration {
        var configuration = MemcachedClient.Configuration(servers: try servers.map { try MemcachedServer($0) })
        configuration.timeout = .seconds(30)
        configuration.initialBackoff = .milliseconds(1)
        configuration.maximumBackoff = .milliseconds(10)
        configuration.connection.connectTimeout = .seconds(20)
        configuration.connection.stallTimeout = .seconds(30)
        return configuration
    }
}

extension MemcachedClient {
    /// Returns once the server answers again; until then connections are refused or lost.
    func waitForServer() async throws {
        while true {
            do {
                _ = try await get("waitForServer")
                return
            } catch {
                guard [.connectionFailed, .connectionLost].contains(error.code) else { throw error }
                await Task.yield()
            }
        }
    }
}
