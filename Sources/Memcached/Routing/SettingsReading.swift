#if Configuration
import Configuration

/// Reads settings, and notes what is wrong with each. It tells a setting of the wrong kind from one that is left out, which a
/// `ConfigReader` takes as the same.
struct SettingsReading {
    let reader: ConfigSnapshotReader
    private(set) var problems: [SettingsProblem] = []

    init(_ reader: ConfigSnapshotReader) {
        self.reader = reader
    }

    /// The keys that there are, of all providers that list them.
    var listed: [ListedKey] {
        var answers: [ListingAnswer] = []
        while let texts = reader.stringArray(forKey: ListingQuestion.key(answered: answers.map(\.mark))),
            let answer = ListingAnswer(texts: texts), !answers.contains(where: { $0.mark == answer.mark })
        {
            answers.append(answer)
        }
        return answers.flatMap(\.keys)
    }

    mutating func note(_ key: ConfigKey, _ message: String) {
        problems.append(SettingsProblem("\(key)", message))
    }

    mutating func texts(_ key: ConfigKey) -> [String]? {
        if let texts = reader.stringArray(forKey: key) { return texts }
        noteUnlessAbsent(key)
        return nil
    }

    mutating func text(_ key: ConfigKey) -> String? {
        if let text = reader.string(forKey: key) { return text }
        noteUnlessAbsent(key)
        return nil
    }

    mutating func read<Choice>(_ key: ConfigKey, _ choices: KeyValuePairs<String, Choice>, into value: inout Choice) {
        guard let text = text(key) else { return }
        guard let choice = choices.first(where: { $0.key == text })?.value else {
            let names = choices.map(\.key).joined(separator: " or ")
            return note(key, "the setting '\(key)' takes \(names); it is '\(text)'")
        }
        value = choice
    }

    mutating func number(_ key: ConfigKey) -> Int? {
        if let number = reader.int(forKey: key) { return number }
        noteUnlessAbsent(key)
        return nil
    }

    mutating func read(_ key: ConfigKey, into value: inout Int) {
        if let number = number(key) { value = number }
    }

    mutating func flag(_ key: ConfigKey) -> Bool? {
        if let flag = reader.bool(forKey: key) { return flag }
        noteUnlessAbsent(key)
        return nil
    }

    mutating func read(_ key: ConfigKey, into value: inout Bool) {
        if let flag = flag(key) { value = flag }
    }

    mutating func duration(_ key: ConfigKey) -> Duration? {
        guard let seconds = seconds(key) else {
            noteUnlessAbsent(key)
            return nil
        }
        return duration(key, seconds)
    }

    mutating func read(_ key: ConfigKey, into value: inout Duration) {
        if let duration = duration(key) { value = duration }
    }

    private func seconds(_ key: ConfigKey) -> Double? {
        reader.double(forKey: key) ?? reader.int(forKey: key).map(Double.init)
    }

    private mutating func duration(_ key: ConfigKey, _ seconds: Double) -> Duration? {
        guard seconds.isFinite, abs(seconds) <= ClientSetting.mostSeconds else {
            note(key, "\(takes(key)); it is \(seconds)")
            return nil
        }
        return .seconds(seconds)
    }

    /// Whether the setting is there, and is `never`; a problem where it is neither that nor left out.
    private mutating func isNever(_ key: ConfigKey) -> Bool {
        if reader.string(forKey: key) == "never" { return true }
        noteUnlessAbsent(key)
        return false
    }

    private mutating func noteUnlessAbsent(_ key: ConfigKey) {
        if isPresent(key) { note(key, takes(key)) }
    }

    /// What a setting takes, with its unit and its range.
    private func takes(_ key: ConfigKey) -> String {
        let allowed = key.components.last.flatMap(ClientSetting.named)?.allowed
        return "the setting '\(key)' takes \(allowed ?? "something else")"
    }

    /// Whether there is a value, of whatever kind.
    private func isPresent(_ key: ConfigKey, isSecret: Bool = false) -> Bool {
        reader.string(forKey: key, isSecret: isSecret) != nil || reader.int(forKey: key, isSecret: isSecret) != nil
            || reader.double(forKey: key, isSecret: isSecret) != nil
            || reader.bool(forKey: key, isSecret: isSecret) != nil
            || reader.stringArray(forKey: key, isSecret: isSecret) != nil
            || reader.intArray(forKey: key, isSecret: isSecret) != nil
            || reader.doubleArray(forKey: key, isSecret: isSecret) != nil
            || reader.boolArray(forKey: key, isSecret: isSecret) != nil
    }
}

extension SettingsReading {
    /// - Parameter path: where the settings are; empty for those of all dictionaries.
    mutating func dictionary(at path: [String]) -> DictionarySettings {
        func key(_ name: String) -> ConfigKey { ConfigKey(path + [name]) }
        var settings = DictionarySettings(
            longestKey: number(key("longestKey")),
            largestValue: number(key("largestValue"))
        )
        let expiration = key("expiration")
        if let seconds = seconds(expiration) {
            settings.expiration = duration(expiration, seconds).map { .after($0) }
        } else if isNever(expiration) {
            settings.expiration = .never
        }
        let compressAbove = key("compressAbove")
        if let bytes = reader.int(forKey: compressAbove) {
            settings.compression = .above(bytes)
        } else if isNever(compressAbove) {
            settings.compression = .never
        }
        return settings
    }
}

extension SettingsReading {
    /// The password is shown in no problem, and access logs have it redacted.
    mutating func credentials() -> SASLCredentials? {
        guard let user = text("saslUser") else {
            let others: [(ConfigKey, isSecret: Bool)] = [
                ("saslPassword", true), ("saslMechanism", false), ("saslAllowsPlainTextWithoutTLS", false),
            ]
            for (key, isSecret) in others {
                if isPresent(key, isSecret: isSecret) {
                    note(key, "the setting '\(key)' needs the setting 'saslUser'")
                }
            }
            return nil
        }
        guard let password = reader.string(forKey: "saslPassword", isSecret: true) else {
            note("saslPassword", "the setting 'saslUser' needs the setting 'saslPassword', which takes a text")
            return nil
        }
        var credentials = SASLCredentials(user: user, password: password)
        if let name = text("saslMechanism") {
            credentials.mechanism = SASLCredentials.Mechanism(rawValue: name)
            if credentials.mechanism == nil {
                let names = SASLCredentials.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
                note("saslMechanism", "the setting 'saslMechanism' takes \(names); it is '\(name)'")
            }
        }
        read("saslAllowsPlainTextWithoutTLS", into: &credentials.allowsPlainTextWithoutTLS)
        return credentials
    }
}

extension SettingsReading {
    mutating func readTLS(into connection: inout ConnectionConfiguration) {
        let keys: [ConfigKey] = ["tlsTrustRootsFile", "tlsCertificateFile", "tlsPrivateKeyFile", "tlsServerName"]
        let before = problems.count
        let texts = keys.map { text($0) }
        let isWanted = flag("tls") ?? texts.contains { $0 != nil }
        guard isWanted, problems.count == before else { return }
        #if TLS
        do {
            connection.tls = try TLSOptions(
                trustRoots: texts[0].map { .file($0) } ?? .system,
                certificateChain: texts[1],
                privateKey: texts[2],
                serverName: texts[3]
            )
        } catch {
            let named = texts.firstIndex { text in text.map { error.message.contains("'\($0)'") } ?? false }
            let given = [2, 1, 0, 3].first { texts[$0] != nil }
            let key = (named ?? given).map { keys[$0] } ?? "tls"
            note(key, "the setting '\(key)': \(error.message)")
        }
        #else
        note(
            "tls",
            "the settings ask for TLS, and this program was built without the trait TLS of swift-memcached; build it with that trait"
        )
        #endif
    }
}
#endif
