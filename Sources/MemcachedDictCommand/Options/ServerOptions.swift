import ArgumentParser
import Memcached
import MemcachedTooling
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

    @Option(
        help: ArgumentHelp(
            "How long each call may take, up to 86,400. (default: as configured, else 2)",
            valueName: "seconds"
        )
    )
    var timeout: Double?

    @Option(
        help: ArgumentHelp(
            "Read the settings from this file of JSON or YAML; 'config --help' tells of it. (default: memcached-dict/config.json in "
                + "$XDG_CONFIG_HOME or ~/.config, else in $XDG_CONFIG_DIRS or /etc/xdg)",
            valueName: "file"
        ),
        completion: .file()
    )
    var config: String?

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

    /// What is set elsewhere than here.
    ///
    /// - Parameters:
    ///   - prefix: of the dictionary that is used; nil for none.
    ///   - ownVariable: one that is no setting's, and that the command itself reads.
    func settings(of prefix: String? = nil, besides ownVariable: String? = nil) throws -> SettingsSources {
        let sources = try SettingsSources(path: config, prefix: prefix)
        #if Configuration
        if let file = sources.file, file.holdsSecrets { PasswordFile(path: file.path).warnIfOthersCanRead() }
        #endif
        // What is nobody's slip may be another program's, and only 'config check' tells of it.
        for variable in sources.unknownVariables where variable.near != nil && variable.name != ownVariable {
            StandardError.write(once: "memcached-dict: \(variable.warning)")
        }
        return sources
    }

    /// The servers that are named here or elsewhere, or the one on this machine.
    var servers: [MemcachedServer] {
        get throws { named.isEmpty ? try settings().configuration().servers : named }
    }

    /// What the options and the other sources say together. The password is read here.
    func configured(_ settings: SettingsSources) throws -> MemcachedClient.Configuration {
        var configuration = try settings.configuration()
        if !named.isEmpty { configuration.servers = named }
        if let timeout { configuration.timeout = .seconds(timeout) }
        try encryption.configure(&configuration.connection, elsewhere: settings.text(of:))
        if let credentials = try credentialsOptions.credentials(before: configuration.connection.credentials) {
            configuration.connection.credentials = credentials
        }
        return configuration
    }

    /// The settings that options give, by their keys, and how to show them.
    var given: [String: String] {
        var texts = encryption.given.merging(credentialsOptions.given) { $1 }
        if !named.isEmpty { texts["servers"] = named.map { "\($0)" }.joined(separator: ", ") }
        if let timeout { texts["timeout"] = "\(timeout)" }
        return texts
    }

    /// Of the servers that were meant, with what opens their doors.
    ///
    /// - Parameter prefix: of the dictionary that is used; nil for none.
    func clientConfiguration(of prefix: String? = nil) throws -> MemcachedClient.Configuration {
        try clientConfiguration(try settings(of: prefix))
    }

    /// The same by settings that have been read.
    func clientConfiguration(_ settings: SettingsSources) throws -> MemcachedClient.Configuration {
        var configuration = try configured(settings)
        let patient = patient(configuration)
        if settings.isDefault("connectTimeout") {
            configuration.connection.connectTimeout = patient.connection.connectTimeout
        }
        if settings.isDefault("stallTimeout") {
            configuration.connection.stallTimeout = patient.connection.stallTimeout
        }
        return configuration
    }

    /// Of servers that are open to everybody.
    func openConfiguration(of servers: [MemcachedServer]) -> MemcachedClient.Configuration {
        var configuration = MemcachedClient.Configuration(servers: servers)
        if let timeout { configuration.timeout = .seconds(timeout) }
        return patient(configuration)
    }

    private func patient(_ configuration: MemcachedClient.Configuration) -> MemcachedClient.Configuration {
        var configuration = configuration
        // A call of this command has only the one connection to wait for, so that its own deadline is to end the wait.
        let longer = configuration.timeout + .milliseconds(100)
        configuration.connection.connectTimeout = longer
        configuration.connection.stallTimeout = max(configuration.connection.stallTimeout, longer)
        return configuration
    }

    /// - Parameter prefix: of the dictionary that is used; nil for none.
    func withClient<Result>(
        of prefix: String? = nil,
        _ body: (MemcachedClient) async throws -> Result
    ) async throws -> Result {
        try await withMemcachedClient(configuration: try clientConfiguration(of: prefix), body)
    }

    /// The same with an input. It is read once the password is, since both may be in standard input.
    ///
    /// - Parameter codecOptions: how the input is to be stored; nil where it is stored as it is.
    func withClient<Result>(
        of prefix: String?,
        reading input: Input,
        _ codecOptions: CodecOptions? = nil,
        _ body: (MemcachedClient, ByteBuffer) async throws -> Result
    ) async throws -> Result {
        var configuration = try clientConfiguration(of: prefix)
        codecOptions?.configure(&configuration, of: prefix)
        let bytes = try input.read()
        return try await withMemcachedClient(configuration: configuration) { try await body($0, bytes) }
    }
}
