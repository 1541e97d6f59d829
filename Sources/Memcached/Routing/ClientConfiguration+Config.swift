#if Configuration
public import Configuration

extension ClientConfiguration {
    /// Reads the configuration; a setting that is left out keeps its default.
    ///
    /// | key | what | unit |
    /// | --- | --- | --- |
    /// | `servers` | required: each `HOST[:PORT][=WEIGHT]`, `[IPv6]:PORT` or `unix:PATH` | |
    /// | `timeout` | ``timeout`` | seconds |
    /// | `connectionsPerServer` | ``connectionsPerServer`` | connections |
    /// | `initialBackoff`, `maximumBackoff` | ``initialBackoff``, ``maximumBackoff`` | seconds |
    /// | `shutdownTimeout` | ``shutdownTimeout`` | seconds |
    /// | `batchWindow`, `batchWindowBytes` | ``batchWindow``, ``batchWindowBytes`` | requests, bytes |
    /// | `failurePolicy` | ``failurePolicy``: `fail` or `nextServer` | |
    /// | `ejectionFailures` | ``ServerEjection/failures``; without it, no server is ever left out | failures |
    /// | `ejectionTrialInterval` | ``ServerEjection/trialInterval``; needs `ejectionFailures` | seconds |
    /// | `connectTimeout` | ``ConnectionConfiguration/connectTimeout`` | seconds |
    /// | `stallTimeout` | ``ConnectionConfiguration/stallTimeout`` | seconds |
    /// | `idleCheckInterval` | ``ConnectionConfiguration/idleCheckInterval`` | seconds |
    /// | `busyPollTime` | ``ConnectionConfiguration/busyPollTime`` | seconds |
    /// | `maximumRequestsInFlight` | ``ConnectionConfiguration/maximumRequestsInFlight`` | requests |
    /// | `maximumBytesInFlight` | ``ConnectionConfiguration/maximumBytesInFlight`` | bytes |
    /// | `overloadPolicy` | ``ConnectionConfiguration/overloadPolicy``: `wait` or `fail` | |
    /// | `itemSizeLimit` | ``ConnectionConfiguration/itemSizeLimit`` | bytes |
    /// | `maximumReplyBytes` | ``ConnectionConfiguration/maximumReplyBytes`` | bytes |
    /// | `maximumBatchReplyBytes` | ``ConnectionConfiguration/maximumBatchReplyBytes`` | bytes |
    /// | `saslUser`, `saslPassword` | ``ConnectionConfiguration/credentials``; the password is read as a secret | |
    /// | `saslMechanism` | ``SASLCredentials/mechanism``, as in `SCRAM-SHA-256` | |
    /// | `saslAllowsPlainTextWithoutTLS` | ``SASLCredentials/allowsPlainTextWithoutTLS``: `true` or `false` | |
    /// | `redactsKeysAndValues` | ``redactsKeysAndValues`` | true or false |
    /// | `spansShowKeys` | ``ObservabilityConfiguration/spansShowKeys`` | true or false |
    /// | `tls` | whether connections have TLS; true where one of the next four is there | true or false |
    /// | `tlsTrustRootsFile` | the roots that are trusted instead of the system's | path of a PEM file |
    /// | `tlsCertificateFile`, `tlsPrivateKeyFile` | this client's own certificate and its key | paths of PEM files |
    /// | `tlsServerName` | the name that every server's certificate must bear | |
    /// | `expiration` | ``DictionarySettings/expiration``; `never` for no end | seconds |
    /// | `compressAbove` | ``DictionarySettings/compression``; `never` for none | bytes |
    /// | `longestKey` | ``DictionarySettings/longestKey`` | bytes |
    /// | `largestValue` | ``DictionarySettings/largestValue`` | bytes |
    ///
    /// The last four are ``dictionaryDefaults``. A single dictionary's stand under its key prefix, as in
    /// `dictionaries.sessions.expiration`, and are read where `dictionaries` names that prefix, or a ``ListedSnapshot`` has it.
    /// Seconds may have fractions, and are 1,000,000,000 at most. <doc:Configuring> tells of ranges, defaults, files and the environment.
    ///
    /// What is no setting is an error where a provider lists the keys that it has, as one of ``ListedSnapshot`` does.
    ///
    /// All settings are read from one snapshot, so that a change in between is seen whole or not at all.
    ///
    /// With `tls` false the settings behind it are left alone. In a package without the trait `TLS`, asking for TLS is an error.
    ///
    /// - Parameters:
    ///   - config: where the settings are.
    ///   - dictionaries: the plain key prefixes of the dictionaries that have settings of their own there. Those in a ``ListedSnapshot``
    ///     are found without.
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` that names the key and what it takes.
    public init(config: ConfigReader, dictionaries: [String] = []) throws(MemcachedError) {
        try self.init(snapshot: config.snapshot(), dictionaries: dictionaries)
    }

    private init(snapshot: ConfigSnapshotReader, dictionaries: [String]) throws(MemcachedError) {
        let (configuration, problems) = Self.read(snapshot, dictionaries)
        if let first = problems.first { throw first.error }
        self = configuration
    }

    /// All that is wrong with the settings: what is none, then the others in the order of the documentation.
    package static func problems(in config: ConfigReader, dictionaries: [String] = []) -> [SettingsProblem] {
        read(config.snapshot(), dictionaries).problems
    }

    /// - Parameter spansShowKeys: where the settings don't say.
    static func read(
        _ snapshot: ConfigSnapshotReader,
        _ dictionaries: [String],
        spansShowKeys: Bool = false
    ) -> (configuration: ClientConfiguration, problems: [SettingsProblem]) {
        var settings = SettingsReading(snapshot)
        var configuration = ClientConfiguration(servers: settings.servers())
        settings.read("timeout", into: &configuration.timeout)
        settings.read("connectionsPerServer", into: &configuration.connectionsPerServer)
        settings.read("initialBackoff", into: &configuration.initialBackoff)
        settings.read("maximumBackoff", into: &configuration.maximumBackoff)
        settings.read("shutdownTimeout", into: &configuration.shutdownTimeout)
        settings.read("batchWindow", into: &configuration.batchWindow)
        settings.read("batchWindowBytes", into: &configuration.batchWindowBytes)
        settings.read("failurePolicy", ["fail": .fail, "nextServer": .nextServer], into: &configuration.failurePolicy)
        configuration.ejection = settings.ejection()
        settings.read(into: &configuration.connection)
        settings.read("redactsKeysAndValues", into: &configuration.redactsKeysAndValues)
        configuration.observability.spansShowKeys = spansShowKeys
        settings.read("spansShowKeys", into: &configuration.observability.spansShowKeys)
        configuration.dictionaryDefaults = settings.dictionary(at: [])
        let listed = settings.listed
        let found = Set(listed.compactMap(ClientSetting.dictionary)).subtracting(dictionaries).sorted()
        for prefix in dictionaries + found {
            configuration.dictionaries[prefix] = settings.dictionary(at: ["dictionaries", prefix])
        }
        // What can't be read has its default, which isn't what is wrong.
        let unread = Set(settings.problems.map(\.key))
        let others = configuration.problems.filter { !unread.contains($0.key) }.map(\.namingItsKey)
        let problems = settings.problems + others
        let places = Dictionary(ClientSetting.all.map(\.key).enumerated().map { ($1, $0) }) { first, _ in first }
        func place(_ problem: SettingsProblem) -> Int { places[problem.key] ?? places.count }
        let ordered = problems.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
        return (configuration, ClientSetting.unknown(among: listed).map(\.problem) + ordered.map(\.element))
    }
}

extension SettingsReading {
    fileprivate mutating func servers() -> [MemcachedServer] {
        guard let texts = texts("servers"), !texts.isEmpty else {
            if problems.isEmpty { note("servers", "the setting 'servers' is missing; name at least one HOST[:PORT]") }
            return []
        }
        var servers: [MemcachedServer] = []
        for text in texts {
            do {
                servers.append(try MemcachedServer(text))
            } catch {
                note("servers", "the setting 'servers': \(error.message)")
            }
        }
        return servers
    }

    fileprivate mutating func ejection() -> ServerEjection? {
        let failures = number("ejectionFailures")
        let interval = duration("ejectionTrialInterval")
        guard let failures else {
            if interval != nil, !problems.contains(where: { $0.key == "ejectionFailures" }) {
                note(
                    "ejectionTrialInterval",
                    "the setting 'ejectionTrialInterval' needs the setting 'ejectionFailures'"
                )
            }
            return nil
        }
        var ejection = ServerEjection(failures: failures)
        if let interval { ejection.trialInterval = interval }
        return ejection
    }

    fileprivate mutating func read(into connection: inout ConnectionConfiguration) {
        connection.credentials = credentials()
        read("connectTimeout", into: &connection.connectTimeout)
        read("stallTimeout", into: &connection.stallTimeout)
        read("idleCheckInterval", into: &connection.idleCheckInterval)
        read("busyPollTime", into: &connection.busyPollTime)
        read("maximumRequestsInFlight", into: &connection.maximumRequestsInFlight)
        read("maximumBytesInFlight", into: &connection.maximumBytesInFlight)
        read("itemSizeLimit", into: &connection.itemSizeLimit)
        read("maximumReplyBytes", into: &connection.maximumReplyBytes)
        read("maximumBatchReplyBytes", into: &connection.maximumBatchReplyBytes)
        read("overloadPolicy", ["wait": .wait, "fail": .fail], into: &connection.overloadPolicy)
        readTLS(into: &connection)
    }
}
#endif
