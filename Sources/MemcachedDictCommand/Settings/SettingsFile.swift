#if Configuration
import Configuration
import Foundation
import Memcached

/// A file of settings: one object of JSON, whose members are what `ClientConfiguration(config:)` reads.
struct SettingsFile {
    let path: String
    let values: [AbsoluteConfigKey: ConfigValue]

    /// Reads and checks the file: all of its members must be settings. Whether their values are right is seen when they are used.
    init(path: String) throws {
        self.path = path
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Self.complaint(path, "can't be read: \(error.localizedDescription)")
        }
        let members: [String: SettingValue]
        do {
            members = try JSONDecoder().decode([String: SettingValue].self, from: data)
        } catch DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty {
            let key = context.codingPath[0].stringValue
            throw Self.complaint(
                path,
                "gives '\(key)' a value that no setting takes: neither text, number, true, false nor a list of texts"
            )
        } catch {
            throw Self.complaint(path, "is not one object of JSON")
        }
        let known = ClientSetting.all.map(\.key)
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw Self.complaint(
                path,
                "has '\(unknown)', which is no setting",
                advice: "The settings are \(known.joined(separator: ", "))."
            )
        }
        values = members.reduce(into: [:]) { values, member in
            let isSecret = ClientSetting.all.contains { $0.key == member.key && $0.isSecret }
            values[AbsoluteConfigKey([member.key])] = ConfigValue(member.value.content, isSecret: isSecret)
            if isSecret { PasswordFile(path: path).warnIfOthersCanRead() }
        }
    }

    private static func complaint(_ path: String, _ what: String, advice: String? = nil) -> Complaint {
        Complaint("the configuration file '\(path)' \(what)", advice: advice, status: .refusedInput)
    }
}

extension SettingsFile {
    /// Where the file is, where nobody names another: by the XDG base directory specification.
    static func defaultPath(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        // A path that isn't absolute must be ignored, says the specification.
        let named = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let folder = named ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config"
        return folder + "/memcached-dict/config.json"
    }
}

/// A member's value. Tried in this order, since a decoder takes no number for true or false.
private enum SettingValue: Decodable {
    case flag(Bool), whole(Int), number(Double), text(String), texts([String])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .whole(number)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let texts = try? container.decode([String].self) {
            self = .texts(texts)
        } else {
            throw DecodingError.typeMismatch(
                Self.self,
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no setting's value")
            )
        }
    }

    var content: ConfigContent {
        switch self {
        case .flag(let flag): .bool(flag)
        case .whole(let number): .int(number)
        case .number(let number): .double(number)
        case .text(let text): .string(text)
        case .texts(let texts): .stringArray(texts)
        }
    }
}
#endif
