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

    /// What the screen's password is checked against; nil where there is none.
    func passwordHash() throws(SettingsError) -> PasswordHash? {
        guard let text = try file().passwordHash else { return nil }
        guard let hash = PasswordHash(text: text) else {
            throw SettingsError(
                .refused,
                "'management.passwordHash' in '\(path)' is no hash of a password",
                advice: "'memcached-manage hash-password' prints one."
            )
        }
        return hash
    }

    func sources() throws -> SettingsSources {
        let exists = FileManager.default.fileExists(atPath: path)
        return try SettingsSources(path: exists ? path : nil, environment: exists ? environment : withoutUsualFile)
    }

    /// A file that was named and isn't there is no reason to read another.
    private var withoutUsualFile: [String: String] {
        environment.merging(["XDG_CONFIG_HOME": path + ".none"]) { $1 }
    }

    /// What tells whether the file has changed; nil where there is none.
    var fileMark: String? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        let date = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(date) \(attributes[.size] ?? 0) \(attributes[.systemFileNumber] ?? 0)"
    }
}
#endif
