/// How a client behaves. Also known as `MemcachedClient.Configuration`.
public struct ClientConfiguration: Equatable, Sendable {
    /// The servers, at least one. Their order and weights decide which server owns a key; every client of the fleet must have the
    /// same.
    public var servers: [MemcachedServer]

    /// How each connection behaves.
    public var connection = ConnectionConfiguration()

    /// Connections to each server, 1 to 64. A key's requests always take the same one, and so keep their order while neither connections
    /// are replaced nor their number changes. Default 1.
    public var connectionsPerServer = 1

    /// How long a call may take, more than 0: waiting for a connection, for room and for the reply. Default 2 seconds.
    public var timeout: Duration = .seconds(2)

    /// What becomes of a call whose server can't be reached. Default: it throws.
    public var failurePolicy = FailurePolicy.fail

    /// When a server that keeps failing is left out, so that calls to it fail at once, or go at once to the next server where
    /// ``failurePolicy`` says so; nil, the default, for never.
    public var ejection: ServerEjection?

    /// The first wait before a server that can't be reached is tried again, more than 0. Each further wait is twice as long, with jitter.
    /// Default 50 milliseconds.
    public var initialBackoff: Duration = .milliseconds(50)

    /// The longest of these waits, no less than ``initialBackoff``. Default 5 seconds.
    public var maximumBackoff: Duration = .seconds(5)

    /// How long a graceful shutdown waits for replies that are due, 0 or more. Default 5 seconds.
    public var shutdownTimeout: Duration = .seconds(5)

    /// The most requests of a batch that are written at once to a server, 1 or more; a larger batch goes in several. Default 1,024.
    public var batchWindow = 1024

    /// The most bytes of a batch that are written at once to a server, 1 or more. Default 1 MiB.
    public var batchWindowBytes = 1024 * 1024

    /// Whether errors and logs show nothing of keys and values, for services whose keys or values are personal or secret. Default
    /// false: errors name the key, and their cause may quote a value.
    ///
    /// An error then has no ``MemcachedError/key``, its message quotes neither a key's prefix nor the names of a value's fields, and it
    /// has no ``MemcachedError/cause`` but other `MemcachedError`s. Errors of the service's own closures are passed on as they are.
    public var redactsKeysAndValues = false

    /// Where metrics and spans go. Default: where the process's own go, or nowhere.
    public var observability = ObservabilityConfiguration()

    /// What dictionaries do where neither they nor a call say otherwise. Default: nothing is set.
    public var dictionaryDefaults = DictionarySettings()

    /// What single dictionaries do, whatever they say of themselves in code, by their plain key prefixes. Only a call's own argument
    /// comes first. Default: none.
    public var dictionaries: [String: DictionarySettings] = [:]

    /// A client of those servers.
    public init(servers: [MemcachedServer]) {
        self.servers = servers
    }
}

extension ClientConfiguration {
    /// All that is wrong.
    package var problems: [SettingsProblem] {
        let found: [SettingsProblem?] = [
            .unless(
                (1...64).contains(connectionsPerServer),
                "connectionsPerServer",
                "connectionsPerServer must be from 1 to 64; it is \(connectionsPerServer)"
            ),
            .unless(timeout > .zero, "timeout", "timeout must be positive; it is \(timeout)"),
            .unless(
                initialBackoff > .zero,
                "initialBackoff",
                "initialBackoff must be positive; it is \(initialBackoff)"
            ),
            .unless(
                maximumBackoff >= initialBackoff,
                "maximumBackoff",
                "maximumBackoff must not be less than initialBackoff; it is \(maximumBackoff)"
            ),
            .unless(
                shutdownTimeout >= .zero,
                "shutdownTimeout",
                "shutdownTimeout must not be negative; it is \(shutdownTimeout)"
            ),
            .unless(batchWindow >= 1, "batchWindow", "batchWindow must be 1 or more; it is \(batchWindow)"),
            .unless(
                batchWindowBytes >= 1,
                "batchWindowBytes",
                "batchWindowBytes must be 1 or more; it is \(batchWindowBytes)"
            ),
        ]
        return serverProblems + found.compactMap(\.self) + (ejection?.problems ?? []) + connection.problems
            + dictionaryDefaults.problems()
            + dictionaries.sorted { $0.key < $1.key }.flatMap { $0.value.problems(ofDictionary: $0.key) }
    }

    private var serverProblems: [SettingsProblem] {
        guard !servers.isEmpty else { return [SettingsProblem("servers", "a client needs at least one server")] }
        guard servers.count <= KetamaRing.maximumServers else {
            return [SettingsProblem("servers", "a client takes at most \(KetamaRing.maximumServers) servers")]
        }
        var problems: [SettingsProblem] = []
        var seen: Set<ServerAddress> = []
        for server in servers {
            if !seen.insert(server.address).inserted {
                problems.append(SettingsProblem("servers", "the server \(server.address) is configured twice"))
            }
            if !MemcachedServer.weights.contains(server.weight) {
                let words = "the weight of \(server.address) must be from 1 to 1,000,000; it is \(server.weight)"
                problems.append(SettingsProblem("servers", words))
            }
        }
        return problems
    }

    /// Throws where a setting is out of its range.
    package func validate() throws(MemcachedError) {
        if let first = problems.first { throw first.error }
    }
}

extension ClientConfiguration {
    /// What is configured for a dictionary: for itself, and where that says nothing, for all.
    package func settings(ofDictionary prefix: String) -> DictionarySettings {
        let own = dictionaries[prefix] ?? DictionarySettings()
        return DictionarySettings(
            expiration: own.expiration ?? dictionaryDefaults.expiration,
            compression: own.compression ?? dictionaryDefaults.compression,
            longestKey: own.longestKey ?? dictionaryDefaults.longestKey,
            largestValue: own.largestValue ?? dictionaryDefaults.largestValue
        )
    }
}
