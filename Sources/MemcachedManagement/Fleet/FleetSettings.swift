#if Management
import Foundation
import Memcached
import MemcachedTooling

/// Where the screen's settings come from, and where it saves them.
struct FleetSettings: Sendable {
    /// The file that the form saves, whether there is one yet or not.
    let path: String
    private let environment: [String: String]

    /// - Parameter path: the file that was named; nil for the one in the usual place.
    init(path: String?, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.path = path ?? SettingsFile.defaultPath(environment)
        self.environment = environment
    }

    /// What the environment and the file say now.
    struct Loaded: Sendable {
        var configuration: ClientConfiguration
        /// Whether somebody has named servers.
        var namesServers: Bool
    }

    func load() throws -> Loaded {
        let sources = try sources()
        return Loaded(
            configuration: try sources.configuration(),
            namesServers: !sources.isDefault("servers")
        )
    }

    /// Whether there is a file.
    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    /// The file as it is now, or a new one.
    func file() throws(SettingsError) -> SettingsFile {
        isThere ? try SettingsFile(path: path) : SettingsFile(newAt: path)
    }

    /// What is wrong with the file; nil where it can be read.
    func damage() -> SettingsDamage? { SettingsFile.damage(ofFileAt: path, environment: environment) }

    /// Puts the file that was kept in the place of the one that is wrong.
    func restorePrevious(_ fingerprint: String) throws(SettingsError) {
        try SettingsFile.restorePrevious(ofFileAt: path, fingerprint: fingerprint, environment: environment)
    }

    /// What the screen's password is checked against, whatever else the file has; nil where it has none, or isn't there.
    func passwordHash() throws(SettingsError) -> PasswordHash? {
        guard isThere else { return nil }
        return try SettingsFile(uncheckedAt: path).passwordHash().map { PasswordHash($0) }
    }

    func sources() throws(SettingsError) -> SettingsSources {
        SettingsSources(
            file: isThere ? try SettingsFile(path: path) : nil,
            environment: environment
        )
    }

    /// Whether the environment has a setting, which comes before the file's.
    var isOverridden: Bool {
        guard let sources = try? sources() else { return false }
        return sources.settings.contains { sources.source(of: $0) == "environment" }
    }

    /// All that is wrong with the members of a file, where the environment has what they leave out.
    func problems(in members: [String: SettingValue]) -> [SettingsProblem] {
        SettingsFile.problems(in: members, environment: environment)
    }

    /// The same, for those who do with the server on this machine, or the embedded one, where no other is named.
    func problemsInUse(of members: [String: SettingValue]) -> [SettingsProblem] {
        SettingsFile.problemsInUse(of: members, environment: environment)
    }

    /// What a file with these members would make of a client. The environment only says what they leave out.
    func configuration(_ members: [String: SettingValue]) throws(MemcachedError) -> ClientConfiguration {
        try SettingsFile.configuration(members, before: environment)
    }

    /// What tells whether the file has changed; nil where there is none.
    var fileMark: String? { SettingsFile.fingerprint(ofFileAt: path) }
}
#endif
