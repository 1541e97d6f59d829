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
    /// The plain key prefixes of the dictionaries whose settings are read.
    private let dictionaries: [String]
    private let variables: [String: String]
    private let environment: ConfigReader
    private let all: ConfigReader

    /// - Parameters:
    ///   - path: the file that was named; nil for the default one, which need not be there.
    ///   - prefix: the plain key prefix of a dictionary that is used, whether the file names it or not; nil for none.
    /// - Throws: where the file can't be read, or has what is no setting. What else is wrong is told with it, so that all can be mended
    ///   at once.
    package init(
        path: String?,
        prefix: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsError) {
        let usual = SettingsFile.defaultPath(environment)
        let file: SettingsFile? =
            if let path {
                try SettingsFile(uncheckedAt: path)
            } else if FileManager.default.fileExists(atPath: usual) {
                try SettingsFile(uncheckedAt: usual)
            } else {
                nil
            }
        self.init(file: file, prefix: prefix, environment: environment)
        if file?.unknown.isEmpty == false { try check() }
    }

    /// - Parameters:
    ///   - file: nil for the environment alone.
    ///   - prefix: of a dictionary that is used, as above.
    package init(file: SettingsFile?, prefix: String? = nil, environment: [String: String]) {
        let provider = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "memcached")
        let values = InMemoryProvider(values: file?.values ?? [:])
        let here: [AbsoluteConfigKey: ConfigValue] = [
            "servers": ConfigValue(.stringArray(["127.0.0.1"]), isSecret: false)
        ]
        self.file = file
        let named = file?.dictionaries ?? []
        dictionaries = named + [prefix].compactMap(\.self).filter { !named.contains($0) }
        variables = environment
        self.environment = ConfigReader(provider: provider)
        all = ConfigReader(providers: [provider, values, InMemoryProvider(values: here)])
    }

    package var filePath: String? { file?.path }

    /// All settings that there can be, those of the dictionaries among them that the file names or that are used.
    package var settings: [ClientSetting] { ClientSetting.all + dictionaries.flatMap(ClientSetting.ofDictionary) }

    /// What they say together; without servers, the one on this machine.
    package func configuration() throws(SettingsError) -> ClientConfiguration {
        do {
            return try ClientConfiguration(config: all, dictionaries: dictionaries)
        } catch {
            let errors = errors(ofDictionaries: dictionaries)
            throw errors.isEmpty ? SettingsError(error.message) : SettingsError(all: errors)
        }
    }

    /// Throws all that is wrong with the file and the environment: what is no setting, the values, those of dictionaries that only
    /// variables name among them, and of the file those that the environment hides, and what the management screen keeps there.
    package func check() throws(SettingsError) {
        let unknown = file?.unknown ?? []
        var errors = file.map { unknown.map($0.error) } ?? []
        errors += self.errors(ofDictionaries: dictionaries + unusedDictionaries, besides: unknown.map(\.key))
        errors += file.map { hiddenErrors(of: $0, besides: unknown.map(\.key)) } ?? []
        do throws(SettingsError) { _ = try file?.passwordHash() } catch { errors.append(error) }
        guard errors.isEmpty else { throw SettingsError(all: errors) }
    }

    /// What is wrong with the values, and where these come from.
    ///
    /// - Parameter others: the keys of what has been told already.
    private func errors(ofDictionaries dictionaries: [String], besides others: [String] = []) -> [SettingsError] {
        let settings = ClientSetting.all + dictionaries.flatMap(ClientSetting.ofDictionary)
        return ClientConfiguration.problems(in: all, dictionaries: dictionaries)
            .filter { !others.contains($0.key) }
            .map { problem in
                let source = settings.first { $0.key == problem.key }.map(source(of:)) ?? "default"
                let place = source == "environment" ? source : "file \(source)"
                let advice = source == "default" ? nil : "'\(problem.key)' comes from the \(place)."
                return SettingsError(problem.message, advice: advice)
            }
    }

    /// What is wrong with the file, and doesn't show here, since the environment has other values.
    private func hiddenErrors(of file: SettingsFile, besides others: [String]) -> [SettingsError] {
        let advice = "So it is by the file \(file.path); here, the environment hides it."
        return SettingsFile.hiddenProblems(in: SettingsFile.inUse(file.members), by: variables)
            .filter { !others.contains($0.key) }
            .map { SettingsError($0.message, advice: advice) }
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
        let known = settings.map(\.environmentName)
        let others = Set(known + unusedVariables.map(\.name))
        return variables.keys.filter { $0.hasPrefix(UnknownVariable.beginning) && !others.contains($0) }
            .sorted().map { UnknownVariable($0, known: known) }
    }

    /// The variables of the environment that set something of a dictionary that is neither used nor named in the file.
    package var unusedVariables: [UnusedVariable] {
        let used = Set(settings.map(\.environmentName))
        return variables.keys.filter { !used.contains($0) }.sorted().compactMap { UnusedVariable($0) }
    }

    /// Prefixes that lead to these variables. Others may do so as well: a variable tells neither capitals nor what `_` stands for.
    private var unusedDictionaries: [String] { Set(unusedVariables.map(\.prefix)).sorted() }

    private func text(_ setting: ClientSetting, from reader: ConfigReader) -> String? {
        reader.string(forKey: ConfigKey(setting.path), isSecret: setting.isSecret)
    }
    #else
    package init(path: String?, prefix: String? = nil) throws(SettingsError) {
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

    package func check() throws(SettingsError) {}

    package var unknownVariables: [UnknownVariable] { [] }

    package var unusedVariables: [UnusedVariable] { [] }
    #endif

    package func isDefault(_ setting: ClientSetting) -> Bool { source(of: setting) == "default" }

    package func isDefault(_ key: String) -> Bool {
        ClientSetting.all.first { $0.key == key }.map(isDefault) ?? true
    }
}
