import Foundation
import Memcached

#if Configuration
import Configuration
#endif

/// Where settings come from besides the command's options: the environment before a file, and what neither has is the default.
struct SettingsSources {
    #if Configuration
    private let file: SettingsFile?
    private let environment: ConfigReader
    private let all: ConfigReader

    /// - Parameter path: the file that was named; nil for the default one, which need not be there.
    init(path: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let usual = SettingsFile.defaultPath(environment)
        if let path {
            file = try SettingsFile(path: path)
        } else if FileManager.default.fileExists(atPath: usual) {
            file = try SettingsFile(path: usual)
        } else {
            file = nil
        }
        let variables = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "memcached")
        let values = InMemoryProvider(values: file?.values ?? [:])
        let here: [AbsoluteConfigKey: ConfigValue] = [
            "servers": ConfigValue(.stringArray(["127.0.0.1"]), isSecret: false)
        ]
        self.environment = ConfigReader(provider: variables)
        all = ConfigReader(providers: [variables, values, InMemoryProvider(values: here)])
    }

    /// The file that was read; nil where there was none.
    var filePath: String? { file?.path }

    /// What they say together; without servers, the one on this machine.
    func configuration() throws -> ClientConfiguration {
        do {
            return try ClientConfiguration(config: all)
        } catch {
            let named = ClientSetting.all.filter { error.message.contains($0.key) && !isDefault($0.key) }
            let places = named.map {
                "'\($0.key)' comes from the \(source(of: $0.key) == "environment" ? "" : "file ")\(source(of: $0.key))"
            }
            throw Complaint(
                error.message,
                advice: places.isEmpty ? nil : places.joined(separator: "; ") + ".",
                status: .refusedInput
            )
        }
    }

    /// Where a setting comes from.
    func source(of key: String) -> String {
        if text(key, from: environment) != nil { return "environment" }
        if let file, file.values[AbsoluteConfigKey([key])] != nil { return file.path }
        return "default"
    }

    /// The text of a setting that is one.
    func text(of key: String) -> String? { text(key, from: all) }

    private func text(_ key: String, from reader: ConfigReader) -> String? {
        reader.string(forKey: ConfigKey([key]), isSecret: ClientSetting.all.contains { $0.key == key && $0.isSecret })
    }
    #else
    init(path: String?) throws {
        guard path == nil else {
            throw Complaint(
                "this memcached-dict was built without the package's trait Configuration, and reads no file",
                advice: "Build it with that trait, which is a default one.",
                status: .usage
            )
        }
    }

    var filePath: String? { nil }

    func configuration() throws -> ClientConfiguration {
        ClientConfiguration(servers: [MemcachedServer(.host("127.0.0.1"))])
    }

    func source(of key: String) -> String { "default" }

    func text(of key: String) -> String? { nil }
    #endif

    func isDefault(_ key: String) -> Bool { source(of: key) == "default" }
}
