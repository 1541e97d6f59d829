#if Configuration
import Configuration
package import Memcached

extension SettingsFile {
    /// All that is wrong with these members, each with the key of its setting: what is no setting, what has the wrong kind, what is out of
    /// its range, and what doesn't go with another. Those of a dictionary have its path, as in `dictionaries.sessions.expiration`.
    ///
    /// Nothing is connected; the files that TLS needs are read.
    ///
    /// - Parameter environment: what comes before the members. What is wrong with these and hidden by it is told, too.
    package static func problems(
        in members: [String: SettingValue],
        environment: [String: String] = [:]
    ) -> [SettingsProblem] {
        let unknown = unknown(members)
        let inForce = problems(in: reader(members, environment), of: members)
        let problems = inForce + hiddenProblems(in: members, by: environment)
        return unknown.map(\.problem) + problems.filter { problem in !unknown.contains { $0.key == problem.key } }
    }

    /// What is wrong with the members, and doesn't show where the environment comes before them.
    ///
    /// It is wrong without the environment, and stays so where that has what they leave out, as it may a password.
    static func hiddenProblems(
        in members: [String: SettingValue],
        by environment: [String: String]
    ) -> [SettingsProblem] {
        guard !environment.isEmpty else { return [] }
        let inForce = problems(in: reader(members, environment), of: members)
        let completed = problems(in: reader(members, before: environment), of: members)
        let alone = problems(in: reader(members, [:]), of: members)
        // By their keys, since a message may quote what the environment has.
        let remaining = Set(completed.filter { !inForce.contains($0) }.map(\.key))
        return alone.filter { remaining.contains($0.key) && !inForce.contains($0) }
    }

    private static func problems(in reader: ConfigReader, of members: [String: SettingValue]) -> [SettingsProblem] {
        ClientConfiguration.problems(in: reader, dictionaries: dictionaries(members))
    }

    /// The same for those who do with the server on this machine where no other is named.
    package static func problemsInUse(
        of members: [String: SettingValue],
        environment: [String: String]
    ) -> [SettingsProblem] {
        problems(in: inUse(members), environment: environment)
    }

    /// With the server on this machine where no other is named.
    static func inUse(_ members: [String: SettingValue]) -> [String: SettingValue] {
        let usual: [String: SettingValue] = ["servers": .texts(["127.0.0.1"])]
        return usual.merging(members) { $1 }
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
