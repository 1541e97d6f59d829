import Foundation
package import Memcached

#if Configuration
import Configuration
#endif

/// Where settings come from besides the command's options: the environment before a file, and what neither has is the default.
package struct SettingsSources: Sendable {
    #if Configuration
    /// The file that was read; nil where there was none.
    package let file: SettingsFile?
    private let variables: [String: String]
    private let environment: ConfigReader
    private let all: ConfigReader

    /// - Parameter path: the file that was named; nil for the default one, which need not be there.
    package init(
        path: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsError) {
        let usual = SettingsFile.defaultPath(environment)
        let file: SettingsFile? =
            if let path {
                try SettingsFile(path: path)
            } else if FileManager.default.fileExists(atPath: usual) {
                try SettingsFile(path: usual)
            } else {
                nil
            }
        self.init(file: file, environment: environment)
    }

    /// - Parameter file: nil for the environment alone.
    package init(file: SettingsFile?, environment: [String: String]) {
        let provider = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "memcached")
        let values = InMemoryProvider(values: file?.values ?? [:])
        let here: [AbsoluteConfigKey: ConfigValue] = [
            "servers": ConfigValue(.stringArray(["127.0.0.1"]), isSecret: false)
        ]
        self.file = file
        variables = environment
        self.environment = ConfigReader(provider: provider)
        all = ConfigReader(providers: [provider, values, InMemoryProvider(values: here)])
    }

    package var filePath: String? { file?.path }

    /// All settings that there can be, those of the dictionaries among them that the file names.
    package var settings: [ClientSetting] { file?.settings ?? ClientSetting.all }

    /// What they say together; without servers, the one on this machine.
    package func configuration() throws(SettingsError) -> ClientConfiguration {
        let dictionaries = file?.dictionaries ?? []
        do {
            return try ClientConfiguration(config: all, dictionaries: dictionaries)
        } catch {
            let problems = ClientConfiguration.problems(in: all, dictionaries: dictionaries)
            let places = settings.filter { setting in problems.contains { $0.key == setting.key } }
                .filter { !isDefault($0) }
                .map { "'\($0.key)' comes from the \(source(of: $0) == "environment" ? "" : "file ")\(source(of: $0))" }
            throw SettingsError(
                problems.isEmpty ? error.message : problems.map(\.message).joined(separator: "; "),
                advice: places.isEmpty ? nil : places.joined(separator: "; ") + "."
            )
        }
    }

    /// Where a setting comes from.
    package func source(of setting: ClientSetting) -> String {
        if text(setting, from: environment) != nil { return "environment" }
        if let file, file.values[AbsoluteConfigKey(setting.path)] != nil { return file.path }
        return "default"
    }

    /// The text of a setting that is one.
    package func text(of key: String) -> String? {
        ClientSetting.all.first { $0.key == key }.flatMap { text($0, from: all) }
    }

    /// The variables of the environment that begin as those of settings do, and are none.
    package var unknownVariables: [UnknownVariable] {
        let known = Set(settings.map(\.environmentName))
        // Which dictionaries there are is known to whoever has written the variable.
        let endings = ClientSetting.ofDictionary("").map {
            $0.environmentName.dropFirst("MEMCACHED_DICTIONARIES_".count)
        }
        return variables.keys.filter { name in
            guard name.hasPrefix(UnknownVariable.beginning), !known.contains(name) else { return false }
            return !(name.hasPrefix("MEMCACHED_DICTIONARIES_") && endings.contains(where: name.hasSuffix))
        }
        .sorted().map { UnknownVariable($0, known: settings.map(\.environmentName)) }
    }

    private func text(_ setting: ClientSetting, from reader: ConfigReader) -> String? {
        reader.string(forKey: ConfigKey(setting.path), isSecret: setting.isSecret)
    }
    #else
    package init(path: String?) throws(SettingsError) {
        guard path == nil else {
            throw SettingsError(
                .unavailable,
                "this memcached-dict was built without the package's trait Configuration, and reads no file",
                advice: "Build it with that trait, which is a default one."
            )
        }
    }

    package var filePath: String? { nil }

    package var settings: [ClientSetting] { ClientSetting.all }

    package func configuration() throws(SettingsError) -> ClientConfiguration {
        ClientConfiguration(servers: [MemcachedServer(.host("127.0.0.1"))])
    }

    package func source(of setting: ClientSetting) -> String { "default" }

    package func text(of key: String) -> String? { nil }

    package var unknownVariables: [UnknownVariable] { [] }
    #endif

    package func isDefault(_ setting: ClientSetting) -> Bool { source(of: setting) == "default" }

    package func isDefault(_ key: String) -> Bool {
        ClientSetting.all.first { $0.key == key }.map(isDefault) ?? true
    }
}
