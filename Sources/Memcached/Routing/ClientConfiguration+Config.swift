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
    /// | `maximumRequestsInFlight` | ``ConnectionConfiguration/maximumRequestsInFlight`` | requests |
    /// | `maximumBytesInFlight` | ``ConnectionConfiguration/maximumBytesInFlight`` | bytes |
    /// | `overloadPolicy` | ``ConnectionConfiguration/overloadPolicy``: `wait` or `fail` | |
    /// | `itemSizeLimit` | ``ConnectionConfiguration/itemSizeLimit`` | bytes |
    /// | `maximumReplyBytes` | ``ConnectionConfiguration/maximumReplyBytes`` | bytes |
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
        try settings.duration("connectTimeout") { connection.connectTimeout = $0 }
        try settings.duration("stallTimeout") { connection.stallTimeout = $0 }
        try settings.duration("idleCheckInterval") { connection.idleCheckInterval = $0 }
        try settings.number("maximumRequestsInFlight") { connection.maximumRequestsInFlight = $0 }
        try settings.number("maximumBytesInFlight") { connection.maximumBytesInFlight = $0 }
        try settings.number("itemSizeLimit") { connection.itemSizeLimit = $0 }
        try settings.number("maximumReplyBytes") { connection.maximumReplyBytes = $0 }
        try settings.choice("overloadPolicy", ["wait": .wait, "fail": .fail]) { connection.overloadPolicy = $0 }
        try settings.choice("failurePolicy", ["fail": .fail, "nextServer": .nextServer]) { failurePolicy = $0 }
        try settings.number("ejectionFailures") { ejection = Ejection(failures: $0) }
        try settings.duration("ejectionTrialInterval") { ejection?.trialInterval = $0 }
        try validate()
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

    func number(_ key: ConfigKey, _ set: (Int) -> Void) throws(MemcachedError) {
        if let number = reader.int(forKey: key) {
            set(number)
        } else {
            let _: Int? = try absent(key, takes: "a whole number")
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
