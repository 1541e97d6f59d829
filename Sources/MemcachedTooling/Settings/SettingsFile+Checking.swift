#if Configuration
package import Memcached

extension SettingsFile {
    /// All that is wrong with these members, each with the key of its setting: what is no setting, what has the wrong kind, what is out of
    /// its range, and what doesn't go with another. Those of a dictionary have its path, as in `dictionaries.sessions.expiration`.
    ///
    /// Nothing is connected; the files that TLS needs are read.
    ///
    /// - Parameter environment: what comes before the members. What it hides is looked at, too: others read the file without it.
    package static func problems(
        in members: [String: SettingValue],
        environment: [String: String] = [:]
    ) -> [SettingsProblem] {
        let unknown = unknown(members)
        let dictionaries = dictionaries(members)
        let inForce = ClientConfiguration.problems(in: reader(members, environment), dictionaries: dictionaries)
        let hidden = ClientConfiguration.problems(in: reader(members, before: environment), dictionaries: dictionaries)
        let problems = inForce + hidden.filter { !inForce.contains($0) }
        return unknown.map(\.problem) + problems.filter { problem in !unknown.contains { $0.key == problem.key } }
    }

    /// The same for those who do with the server on this machine where no other is named.
    package static func problemsInUse(
        of members: [String: SettingValue],
        environment: [String: String]
    ) -> [SettingsProblem] {
        let usual: [String: SettingValue] = ["servers": .texts(["127.0.0.1"])]
        return problems(in: usual.merging(members) { $1 }, environment: environment)
    }

    /// The members that are no settings, and what may stand there instead.
    static func unknown(_ members: [String: SettingValue]) -> [UnknownSetting] {
        let unknown =
            ClientSetting.unknown(among: keys(of: members, at: []))
            + (members["management"].map(unknownOfManagement) ?? [])
        let others = unfit(members, at: []).map { UnknownSetting($0.joined(separator: "."), advice: nil) }
        return unknown + others.filter { other in !unknown.contains { $0.key == other.key } }
    }

    /// Where there is what no setting takes.
    private static func unfit(_ members: [String: SettingValue], at names: [String]) -> [[String]] {
        members.sorted { $0.key < $1.key }.flatMap { name, value -> [[String]] in
            switch value {
            case .members(let inner): unfit(inner, at: names + [name])
            case .other: [names + [name]]
            default: []
            }
        }
    }

    private static func keys(of members: [String: SettingValue], at names: [String]) -> [ListedKey] {
        members.sorted { $0.key < $1.key }.flatMap { name, value -> [ListedKey] in
            let names = names + [name]
            guard case .members(let inner) = value else { return [ListedKey(names)] }
            return inner.isEmpty ? [ListedKey(names, isEmptyObject: true)] : keys(of: inner, at: names)
        }
    }

    private static func unknownOfManagement(_ value: SettingValue) -> [UnknownSetting] {
        let advice = "It holds 'passwordHash', which 'memcached-manage hash-password' prints."
        guard case .members(let members) = value else { return [UnknownSetting("management", advice: advice)] }
        return members.sorted { $0.key < $1.key }
            .filter { member in
                if case ("passwordHash", .text) = member { false } else { true }
            }
            .map { UnknownSetting("management.\($0.key)", advice: advice) }
    }
}
#endif
