#if Configuration
package import Memcached

extension SettingsFile {
    /// All that is wrong with these members, each with the key of its setting: what is no setting, what has the wrong kind, what is out of
    /// its range, and what doesn't go with another. Those of a dictionary have its path, as in `dictionaries.sessions.expiration`.
    ///
    /// Nothing is connected; the files that TLS needs are read.
    ///
    /// - Parameter environment: what comes before the members.
    package static func problems(
        in members: [String: SettingValue],
        environment: [String: String] = [:]
    ) -> [SettingsProblem] {
        let unknown = unknown(members)
        let reader = reader(members, environment)
        let nested = members.filter { !ClientSetting.objects.contains($0.key) && $0.value.content == nil }.keys.sorted()
        return unknown.map { SettingsProblem($0.key, "'\($0.key)' is no setting. \($0.advice)") }
            + nested.filter { key in !unknown.contains { $0.key == key } }
            .map { SettingsProblem($0, "the setting '\($0)' takes neither an object nor a mapping") }
            + ClientConfiguration.problems(in: reader, dictionaries: dictionaries(members))
    }

    /// The members that are no settings, and what may stand there instead.
    static func unknown(_ members: [String: SettingValue]) -> [(key: String, advice: String)] {
        let known = ClientSetting.all.map(\.key) + ClientSetting.objects
        let unknown = members.keys.sorted().filter { !known.contains($0) }
            .map { (key: $0, advice: ClientSetting.choice) }
        return unknown
            + (members["dictionaries"].map(unknownOfDictionaries) ?? [])
            + (members["management"].map(unknownOfManagement) ?? [])
    }

    private static func unknownOfManagement(_ value: SettingValue) -> [(key: String, advice: String)] {
        let advice = "It holds 'passwordHash', which 'memcached-manage hash-password' prints."
        guard case .members(let members) = value else { return [("management", advice)] }
        return members.sorted { $0.key < $1.key }
            .filter { member in
                if case ("passwordHash", .text) = member { false } else { true }
            }
            .map { ("management.\($0.key)", advice) }
    }

    private static func unknownOfDictionaries(_ value: SettingValue) -> [(key: String, advice: String)] {
        let names = ClientSetting.dictionaryNames
        let advice = ClientSetting.dictionaryChoice
        guard case .members(let dictionaries) = value else {
            return [("dictionaries", "It holds an object for each key prefix. \(advice)")]
        }
        return dictionaries.sorted { $0.key < $1.key }.flatMap { prefix, value -> [(key: String, advice: String)] in
            let path = "dictionaries.\(prefix)"
            guard case .members(let members) = value else { return [(path, "It holds an object. \(advice)")] }
            return members.sorted { $0.key < $1.key }
                .filter { !names.contains($0.key) || $0.value.content == nil }
                .map { ("\(path).\($0.key)", advice) }
        }
    }
}
#endif
