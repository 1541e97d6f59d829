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
    /// | `ejectionFailures` | ``Ejection/failures``; without it, no server is ever left out | failures |
    /// | `ejectionTrialInterval` | ``Ejection/trialInterval``; needs `ejectionFailures` | seconds |
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
    /// | `saslMechanism` | ``Credentials/mechanism``, as in `SCRAM-SHA-256` | |
    /// | `saslAllowsPlainTextWithoutTLS` | ``Credentials/allowsPlainTextWithoutTLS``: `true` or `false` | |
    /// | `redactsKeysAndValues` | ``redactsKeysAndValues`` | true or false |
    /// | `spansShowKeys` | ``ObservabilityConfiguration/spansShowKeys`` | true or false |
    /// | `tls` | whether connections have TLS; true where one of the next four is there | true or false |
    /// | `tlsTrustRootsFile` | the roots that are trusted instead of the system's | path of a PEM file |
    /// | `tlsCertificateFile`, `tlsPrivateKeyFile` | this client's own certificate and its key | paths of PEM files |
    /// | `tlsServerName` | the name that every server's certificate must bear | |
    ///
    /// With `tls` false the settings behind it are left alone. In a package without the trait `TLS`, asking for TLS is an error.
    ///
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` that names the key and what it takes.
    public init(config: ConfigReader) throws(MemcachedError) {
        let settings = Settings(reader: config)
        guard let texts = try settings.texts("servers"), !texts.isEmpty else {
            throw MemcachedError(.invalidArgument, "the setting 'servers' is missing; name at least one HOST[:PORT]")
        }
        var servers: [MemcachedServer] = []
        for text in texts {
            servers.append(try MemcachedServer(text))
        }
        self.init(servers: servers)
        try settings.duration("timeout") { timeout = $0 }
        try settings.number("connectionsPerServer") { connectionsPerServer = $0 }
        try settings.duration("initialBackoff") { initialBackoff = $0 }
        try settings.duration("maximumBackoff") { maximumBackoff = $0 }
        try settings.duration("shutdownTimeout") { shutdownTimeout = $0 }
        try settings.number("batchWindow") { batchWindow = $0 }
        try settings.number("batchWindowBytes") { batchWindowBytes = $0 }
        connection.credentials = try settings.credentials()
        try settings.duration("connectTimeout") { connection.connectTimeout = $0 }
        try settings.duration("stallTimeout") { connection.stallTimeout = $0 }
        try settings.duration("idleCheckInterval") { connection.idleCheckInterval = $0 }
        try settings.duration("busyPollTime") { connection.busyPollTime = $0 }
        try settings.number("maximumRequestsInFlight") { connection.maximumRequestsInFlight = $0 }
        try settings.number("maximumBytesInFlight") { connection.maximumBytesInFlight = $0 }
        try settings.number("itemSizeLimit") { connection.itemSizeLimit = $0 }
        try settings.number("maximumReplyBytes") { connection.maximumReplyBytes = $0 }
        try settings.number("maximumBatchReplyBytes") { connection.maximumBatchReplyBytes = $0 }
        try settings.choice("overloadPolicy", ["wait": .wait, "fail": .fail]) { connection.overloadPolicy = $0 }
        try settings.choice("failurePolicy", ["fail": .fail, "nextServer": .nextServer]) { failurePolicy = $0 }
        try settings.number("ejectionFailures") { ejection = Ejection(failures: $0) }
        var trialInterval: Duration?
        try settings.duration("ejectionTrialInterval") { trialInterval = $0 }
        if let trialInterval {
            guard ejection != nil else {
                throw MemcachedError(
                    .invalidArgument,
                    "the setting 'ejectionTrialInterval' needs the setting 'ejectionFailures'"
                )
            }
            ejection?.trialInterval = trialInterval
        }
        try settings.flag("redactsKeysAndValues") { redactsKeysAndValues = $0 }
        try settings.flag("spansShowKeys") { observability.spansShowKeys = $0 }
        try connection.readTLS(from: settings)
        try validate()
    }
}

extension ConnectionConfiguration {
    fileprivate mutating func readTLS(from settings: Settings) throws(MemcachedError) {
        let roots = try settings.text("tlsTrustRootsFile")
        let certificate = try settings.text("tlsCertificateFile")
        let key = try settings.text("tlsPrivateKeyFile")
        let name = try settings.text("tlsServerName")
        var isWanted = [roots, certificate, key, name].contains { $0 != nil }
        try settings.flag("tls") { isWanted = $0 }
        guard isWanted else { return }
        #if TLS
        tls = try TLSOptions(
            trustRoots: roots.map { .file($0) } ?? .system,
            certificateChain: certificate,
            privateKey: key,
            serverName: name
        )
        #else
        throw MemcachedError(
            .invalidArgument,
            "the settings ask for TLS, and this program was built without the trait TLS of swift-memcached; build it with that trait"
        )
        #endif
    }
}

/// A reader that tells a setting of the wrong kind from one that is left out, which `ConfigReader` takes as the same.
private struct Settings {
    let reader: ConfigReader

    func texts(_ key: ConfigKey) throws(MemcachedError) -> [String]? {
        if let texts = reader.stringArray(forKey: key) { return texts }
        return try absent(key, takes: "a list of texts")
    }

    func text(_ key: ConfigKey) throws(MemcachedError) -> String? {
        if let text = reader.string(forKey: key) { return text }
        return try absent(key, takes: "a text")
    }

    func choice<Choice>(
        _ key: ConfigKey,
        _ choices: KeyValuePairs<String, Choice>,
        _ set: (Choice) -> Void
    ) throws(MemcachedError) {
        guard let text = try text(key) else { return }
        guard let choice = choices.first(where: { $0.key == text })?.value else {
            let names = choices.map(\.key).joined(separator: " or ")
            throw MemcachedError(.invalidArgument, "the setting '\(key)' takes \(names); it is '\(text)'")
        }
        set(choice)
    }

    /// The password is shown in no error, and access logs have it redacted.
    func credentials() throws(MemcachedError) -> Credentials? {
        guard let user = try text("saslUser") else {
            let others: [(ConfigKey, isSecret: Bool)] = [
                ("saslPassword", true), ("saslMechanism", false), ("saslAllowsPlainTextWithoutTLS", false),
            ]
            for (key, isSecret) in others {
                let isPresent =
                    reader.string(forKey: key, isSecret: isSecret) != nil
                    || reader.bool(forKey: key, isSecret: isSecret) != nil
                guard !isPresent else {
                    throw MemcachedError(.invalidArgument, "the setting '\(key)' needs the setting 'saslUser'")
                }
            }
            return nil
        }
        guard let password = reader.string(forKey: "saslPassword", isSecret: true) else {
            throw MemcachedError(
                .invalidArgument,
                "the setting 'saslUser' needs the setting 'saslPassword', which takes a text"
            )
        }
        var credentials = Credentials(user: user, password: password)
        if let name = try text("saslMechanism") {
            guard let mechanism = Credentials.Mechanism(rawValue: name) else {
                let names = Credentials.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
                throw MemcachedError(.invalidArgument, "the setting 'saslMechanism' takes \(names); it is '\(name)'")
            }
            credentials.mechanism = mechanism
        }
        if let isAllowed = reader.bool(forKey: "saslAllowsPlainTextWithoutTLS") {
            credentials.allowsPlainTextWithoutTLS = isAllowed
        } else {
            let _: Bool? = try absent("saslAllowsPlainTextWithoutTLS", takes: "true or false")
        }
        return credentials
    }

    func number(_ key: ConfigKey, _ set: (Int) -> Void) throws(MemcachedError) {
        if let number = reader.int(forKey: key) {
            set(number)
        } else {
            let _: Int? = try absent(key, takes: "a whole number")
        }
    }

    func flag(_ key: ConfigKey, _ set: (Bool) -> Void) throws(MemcachedError) {
        if let flag = reader.bool(forKey: key) {
            set(flag)
        } else {
            let _: Bool? = try absent(key, takes: "true or false")
        }
    }

    func duration(_ key: ConfigKey, _ set: (Duration) -> Void) throws(MemcachedError) {
        let seconds = reader.double(forKey: key) ?? reader.int(forKey: key).map(Double.init)
        guard let seconds else {
            let _: Duration? = try absent(key, takes: "a number of seconds")
            return
        }
        guard seconds.isFinite, abs(seconds) < 1e9 else {
            throw MemcachedError(.invalidArgument, "the setting '\(key)' takes a number of seconds; it is \(seconds)")
        }
        set(.seconds(seconds))
    }

    private func absent<Value>(_ key: ConfigKey, takes kind: String) throws(MemcachedError) -> Value? {
        let isPresent =
            reader.string(forKey: key) != nil || reader.double(forKey: key) != nil || reader.bool(forKey: key) != nil
            || reader.int(forKey: key) != nil || reader.stringArray(forKey: key) != nil
        guard !isPresent else {
            throw MemcachedError(.invalidArgument, "the setting '\(key)' takes \(kind)")
        }
        return nil
    }
}
#endif
