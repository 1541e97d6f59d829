import Memcached

/// Where scenarios are measured: the user's servers, or ones that are started when the first scenario needs them.
final class Grounds {
    private let named: MemcachedClient.Configuration?
    private var own: [ServerProcess] = []

    init(_ options: ServerOptions, _ environment: BenchEnvironment) throws {
        var options = options
        if options.named.isEmpty, let server = try environment.server { options.named = [server] }
        named =
            options.named.isEmpty
            ? nil
            : try options.clientConfiguration(try options.settings(besides: BenchEnvironment.serverVariable))
        // Nothing of the user's own can be measured without.
        if named == nil { try MemcachedProgram.check(for: "a bench without --server") }
    }

    /// Nil where the servers that it takes can't be started.
    func ground(for scenario: Scenario) async throws -> Ground? {
        if let named, scenario.servers == 1 { return Ground(configuration: named) }
        guard MemcachedProgram.isThere else { return nil }
        while own.count < scenario.servers {
            let server = try ServerProcess(threads: 1)
            own.append(server)
            try await server.start()
        }
        let servers = own.prefix(scenario.servers).map { MemcachedServer($0.address) }
        return Ground(configuration: MemcachedClient.Configuration(servers: servers))
    }

    func end() async {
        for server in own { await server.end() }
        own = []
    }
}
