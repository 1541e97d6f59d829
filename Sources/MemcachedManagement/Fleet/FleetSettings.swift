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

    /// The file as it is now, or a new one.
    func file() throws(SettingsError) -> SettingsFile {
        FileManager.default.fileExists(atPath: path) ? try SettingsFile(path: path) : SettingsFile(newAt: path)
    }

    /// What the screen's password is checked against; nil where the file has none, or isn't there.
    func passwordHash() throws(SettingsError) -> PasswordHash? {
        try file().passwordHash().map { PasswordHash($0) }
    }

    func sources() throws(SettingsError) -> SettingsSources {
        SettingsSources(
            file: FileManager.default.fileExists(atPath: path) ? try SettingsFile(path: path) : nil,
            environment: environment
        )
    }

    /// All that is wrong with the members of a file, where the environment has what they leave out.
    func problems(in members: [String: SettingValue]) -> [SettingsProblem] {
        SettingsFile.problems(in: members, environment: environment)
    }

    /// What a file with these members would make of the client, here.
    func configuration(_ members: [String: SettingValue]) throws(MemcachedError) -> ClientConfiguration {
        try SettingsFile.configuration(members, environment: environment)
    }

    /// What tells whether the file has changed; nil where there is none.
    var fileMark: String? { SettingsFile.fingerprint(ofFileAt: path) }
}
#endif
