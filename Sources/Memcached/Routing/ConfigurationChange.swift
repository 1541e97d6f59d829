/// A setting that has another value than before, as it may be shown.
struct ConfigurationChange: Hashable, Sendable, CustomStringConvertible {
    let key: String
    /// Nil where it wasn't set, or is not to be shown.
    let before: String?
    let after: String?

    var description: String {
        before == nil && after == nil ? "\(key): another one" : "\(key): \(before ?? "unset") -> \(after ?? "unset")"
    }
}

extension ClientConfiguration {
    /// The settings that differ. Passwords are not shown, nor what is in certificates.
    func changes(since before: ClientConfiguration) -> [ConfigurationChange] {
        let prefixes = Set(dictionaries.keys).union(before.dictionaries.keys).sorted()
        let settings = ClientSetting.all + prefixes.flatMap(ClientSetting.ofDictionary)
        var changes = settings.compactMap { setting -> ConfigurationChange? in
            let (old, new) = (setting.value(before), setting.value(self))
            return old == new ? nil : ConfigurationChange(key: setting.key, before: old, after: new)
        }
        func note(_ key: String, unless isShown: Bool) {
            if !isShown { changes.append(ConfigurationChange(key: key, before: nil, after: nil)) }
        }
        let keys = Set(changes.map(\.key))
        if connection.credentials?.password != before.connection.credentials?.password {
            note("saslPassword", unless: keys.contains("saslPassword"))
        }
        #if TLS
        if connection.tls != before.connection.tls { note("tls", unless: keys.contains("tls")) }
        #endif
        return changes
    }

    /// Keeps the backends of metrics and spans, which are looked at once, when the client is made.
    mutating func keepBackends(of before: ClientConfiguration) {
        let spansShowKeys = observability.spansShowKeys
        observability = before.observability
        observability.spansShowKeys = spansShowKeys
    }

    /// With the process's own backends of metrics and spans. Some can't be compared, not even with themselves.
    var withoutBackends: ClientConfiguration {
        var configuration = self
        configuration.keepBackends(of: ClientConfiguration(servers: []))
        return configuration
    }
}
