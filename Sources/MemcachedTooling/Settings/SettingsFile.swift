#if Configuration
package import Configuration
import Foundation
package import Memcached

/// A file of settings: one object of JSON, or one mapping of YAML where the file is called `.yaml` or `.yml`, whose members are what
/// `ClientConfiguration(config:)` reads.
package struct SettingsFile: Sendable {
    package let path: String
    package let members: [String: SettingValue]
    /// As it was read; nil for one that is yet to be written.
    let content: Data?
    /// Tells whether it is still the file that was read; nil for one that is yet to be written. It tells nothing of what is in it.
    package let fingerprint: String?

    /// Reads and checks the file: all of its members must be settings. Whether their values are right is seen when they are used.
    package init(path: String) throws(SettingsError) {
        try self.init(uncheckedAt: path)
        guard unknown.isEmpty else { throw SettingsError(all: unknown.map(error)) }
    }

    /// Reads the file, which may have members that are no settings.
    package init(uncheckedAt path: String) throws(SettingsError) {
        let file: FileOnDisk
        do {
            file = try FileOnDisk(path: path)
        } catch {
            throw Self.error(path, "can't be read: \(error.reason)")
        }
        try self.init(file, at: path)
    }

    init(_ file: FileOnDisk, at path: String) throws(SettingsError) {
        let members = try Self.members(file.bytes, path)
        (self.path, self.members, content, fingerprint) = (path, members, file.bytes, file.fingerprint)
    }

    /// A file that isn't there yet.
    package init(newAt path: String) {
        (self.path, members, content, fingerprint) = (path, [:], nil, nil)
    }

    static func format(_ path: String) throws(SettingsError) -> SettingsFormat {
        guard let format = SettingsFormat(path: path) else {
            throw SettingsError(
                .unavailable,
                "this program was built without the package's trait YAML, and reads '\(path)' not",
                advice: "Build it with that trait, or write the file in JSON."
            )
        }
        return format
    }

    static func members(_ bytes: Data, _ path: String) throws(SettingsError) -> [String: SettingValue] {
        do {
            return try format(path).members(bytes)
        } catch let error as SettingsError {
            throw error
        } catch let failure as SettingsFormat.Failure {
            throw error(path, failure.text)
        } catch {
            throw Self.error(path, "can't be read: \(error)")
        }
    }

    /// - Parameter verb: what the file does with it.
    static func error(_ path: String, _ unknown: UnknownSetting, verb: String) -> SettingsError {
        guard let advice = unknown.advice else {
            return error(path, "gives '\(unknown.key)' a value that no setting takes; it takes \(unknown.allowed)")
        }
        return error(path, "\(verb) '\(unknown.key)', which is no setting", advice: advice)
    }

    static func error(
        _ path: String,
        _ what: String,
        _ kind: SettingsError.Kind = .refused,
        advice: String? = nil
    ) -> SettingsError {
        SettingsError(kind, "the configuration file '\(path)' \(what)", advice: advice)
    }
}

extension SettingsFile {
    /// The plain key prefixes of the dictionaries that have settings of their own.
    package var dictionaries: [String] { Self.dictionaries(members) }

    /// The members that are no settings, or have what no setting takes; none in a file that has been checked.
    var unknown: [UnknownSetting] { Self.unknown(members) }

    func error(_ unknown: UnknownSetting) -> SettingsError { Self.error(path, unknown, verb: "has") }

    /// What the management screen's password is checked against, as `memcached-manage hash-password` prints it; nil where none is set.
    ///
    /// - Throws: where it is something else.
    package func passwordHash() throws(SettingsError) -> PasswordHashText? {
        guard case .text(let text)? = members["management"]?.objectMembers["passwordHash"] else { return nil }
        guard let hash = PasswordHashText(text) else {
            throw SettingsError(
                "'management.passwordHash' in '\(path)' is no hash of a password",
                advice: "'memcached-manage hash-password' prints one."
            )
        }
        return hash
    }

    /// Whether it holds a password, or what one is checked against.
    package var holdsSecrets: Bool { Self.holdsSecrets(members) }

    /// As a provider of a `ConfigReader` takes them.
    package var values: [AbsoluteConfigKey: ConfigValue] { Self.values(members) }

    /// Tells whether the file at a path is still the one that it was; nil where there is none, or it can't be read.
    package static func fingerprint(ofFileAt path: String) -> String? {
        (try? FileOnDisk.existing(path))?.fingerprint
    }

    /// The environment before the members of a file.
    static func reader(_ members: [String: SettingValue], _ environment: [String: String]) -> ConfigReader {
        ConfigReader(providers: [provider(environment), InMemoryProvider(values: values(members))])
    }

    /// The members of a file, and of the environment only what they leave out. A certificate of the file's goes with its own key.
    static func reader(_ members: [String: SettingValue], before environment: [String: String]) -> ConfigReader {
        var rest = environment
        if members["tlsCertificateFile"] != nil, rest["MEMCACHED_TLS_CERTIFICATE_FILE"] != nil {
            rest["MEMCACHED_TLS_PRIVATE_KEY_FILE"] = nil
        }
        return ConfigReader(providers: [InMemoryProvider(values: values(members)), provider(rest)])
    }

    private static func provider(_ environment: [String: String]) -> some ConfigProvider {
        EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "memcached")
    }

    /// What a client would be configured as by a file with these members, and by the environment where they leave something out.
    ///
    /// - Throws: ``MemcachedError`` where a setting is wrong.
    package static func configuration(
        _ members: [String: SettingValue],
        before environment: [String: String] = [:]
    ) throws(MemcachedError) -> ClientConfiguration {
        try ClientConfiguration(config: reader(members, before: environment), dictionaries: dictionaries(members))
    }

    static func dictionaries(_ members: [String: SettingValue]) -> [String] {
        if case .members(let dictionaries)? = members["dictionaries"] { dictionaries.keys.sorted() } else { [] }
    }

    static func holdsSecrets(_ members: [String: SettingValue]) -> Bool {
        members["management"] != nil || ClientSetting.all.contains { $0.isSecret && members[$0.key] != nil }
    }

    static func values(_ members: [String: SettingValue]) -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        func add(_ members: [String: SettingValue], at path: [String]) {
            for (name, value) in members {
                let path = path + [name]
                if case .members(let inner) = value { add(inner, at: path) }
                guard let content = value.content else { continue }
                let isSecret =
                    path == ["management", "passwordHash"]
                    || ClientSetting.all.contains { $0.path == path && $0.isSecret }
                values[AbsoluteConfigKey(path)] = ConfigValue(content, isSecret: isSecret)
            }
        }
        add(members, at: [])
        return values
    }
}

extension SettingsFile {
    /// Where the file is, where nobody names another: by the XDG base directory specification the user's, else the first of the machine's,
    /// and where there is none, where the user's would be. In YAML where only that is there.
    package static func defaultPath(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        // A path that isn't absolute must be ignored, says the specification.
        let named = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let own = named ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config"
        let shared = (environment["XDG_CONFIG_DIRS"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        let paths = ([own] + (shared.isEmpty ? ["/etc/xdg"] : shared.map(String.init))).flatMap { folder in
            ["json", "yaml", "yml"].map { "\(folder)/memcached-dict/config.\($0)" }
        }
        return paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
    }
}
#endif
