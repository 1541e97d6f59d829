import ArgumentParser
import Memcached
import NIOCore

/// Which servers, and how long they may take.
struct ServerOptions: ParsableArguments {
    @Option(
        name: .customLong("server"),
        help: ArgumentHelp(
            "A server: HOST[:PORT][=WEIGHT], [IPv6]:PORT or unix:PATH. Repeat it for a fleet, in the order that all its clients use.",
            valueName: "address"
        ),
        transform: { text in
            do throws(MemcachedError) {
                return try MemcachedServer(text)
            } catch {
                throw ValidationError(error.message)
            }
        }
    )
    var named: [MemcachedServer] = []

    @Option(help: ArgumentHelp("How long each call may take. (default: 2)", valueName: "seconds"))
    var timeout: Double?

    @OptionGroup(title: "TLS") var encryption: EncryptionOptions

    @OptionGroup var credentialsOptions: CredentialsOptions

    func validate() throws {
        if let timeout {
            guard timeout > 0, timeout <= 86_400 else {
                throw ValidationError("The timeout must be more than 0 seconds and at most a day; it is \(timeout).")
            }
        }
        var seen: Set<ServerAddress> = []
        for server in named where !seen.insert(server.address).inserted {
            throw ValidationError("The server \(server.address) is named twice.")
        }
    }

    /// The named servers, or the one on this machine.
    var servers: [MemcachedServer] {
        named.isEmpty ? [MemcachedServer(.host("127.0.0.1"))] : named
    }

    /// Of the servers that were meant: with what opens their doors, which is read here.
    var clientConfiguration: MemcachedClient.Configuration {
        get throws {
            var configuration = openConfiguration(of: servers)
            try encryption.configure(&configuration.connection)
            configuration.connection.credentials = try credentialsOptions.credentials()
            return configuration
        }
    }

    /// Of servers that are open to everybody.
    func openConfiguration(of servers: [MemcachedServer]) -> MemcachedClient.Configuration {
        var configuration = MemcachedClient.Configuration(servers: servers)
        if let timeout { configuration.timeout = .seconds(timeout) }
        // A call of this command has only the one connection to wait for, so that its own deadline is to end the wait.
        let longer = configuration.timeout + .milliseconds(100)
        configuration.connection.connectTimeout = longer
        configuration.connection.stallTimeout = max(configuration.connection.stallTimeout, longer)
        return configuration
    }

    func withClient<Result>(_ body: (MemcachedClient) async throws -> Result) async throws -> Result {
        try await withMemcachedClient(configuration: try clientConfiguration, body)
    }

    /// The same with an input. It is read once the password is, since both may be in standard input.
    func withClient<Result>(
        reading input: Input,
        _ body: (MemcachedClient, ByteBuffer) async throws -> Result
    ) async throws -> Result {
        let configuration = try clientConfiguration
        let bytes = try input.read()
        return try await withMemcachedClient(configuration: configuration) { try await body($0, bytes) }
    }
}
