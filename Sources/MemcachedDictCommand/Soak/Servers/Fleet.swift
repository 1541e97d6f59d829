import Memcached

/// The soak's servers.
struct Fleet: Sendable {
    let servers: [ServerProcess]

    /// Starts them; where one doesn't start, none is left.
    static func start(count: Int) async throws -> Fleet {
        var servers: [ServerProcess] = []
        do {
            for _ in 0..<count {
                let server = try ServerProcess()
                servers.append(server)
                try await server.start()
            }
        } catch {
            await Fleet(servers: servers).end()
            throw error
        }
        return Fleet(servers: servers)
    }

    func end() async {
        for server in servers { await server.end() }
    }

    /// In the order in which a client is given them.
    func configuration(chaos: Bool) -> MemcachedClient.Configuration {
        var configuration = MemcachedClient.Configuration(servers: servers.map { MemcachedServer($0.address) })
        configuration.connectionsPerServer = 2
        // Where nothing is disturbed, only a defect, or a machine that is far too busy, keeps an answer for so long.
        configuration.timeout = chaos ? .seconds(1) : .seconds(10)
        configuration.connection.stallTimeout = chaos ? .seconds(2) : .seconds(20)
        // So few that callers often wait for room, and so many that each request alone keeps to them.
        configuration.connection.maximumRequestsInFlight = 64
        configuration.connection.maximumBytesInFlight = 1 << 20
        configuration.connection.idleCheckInterval = .seconds(2)
        configuration.maximumBackoff = .seconds(1)
        return configuration
    }

    var slowestRecovery: Duration? { servers.compactMap(\.slowestRecovery).max() }

    var unexpectedEnds: [String] { servers.flatMap(\.unexpectedEnds) }
}
