#if Configuration
import Foundation

#if YAML
import Yams
#endif

/// How a file of settings is written.
package enum SettingsFormat {
    case json
    #if YAML
    case yaml
    #endif

    /// Why a file is none of settings.
    enum Failure: Error {
        /// It isn't what the name says, such as "one object of JSON".
        case other(than: String)
        /// The member with that key has a value that no setting takes.
        case value(key: String)
    }

    /// By the file's extension: YAML for `.yaml` and `.yml`, else JSON. Nil for YAML in a program that was built without it.
    package init?(path: String) {
        guard [".yaml", ".yml"].contains(where: path.lowercased().hasSuffix) else {
            self = .json
            return
        }
        #if YAML
        self = .yaml
        #else
        return nil
        #endif
    }

    func members(_ bytes: Data) throws(Failure) -> [String: SettingValue] {
        switch self {
        case .json:
            do {
                return try JSONDecoder().decode([String: SettingValue].self, from: bytes)
            } catch DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty {
                throw .value(key: context.codingPath.map(\.stringValue).joined(separator: "."))
            } catch {
                throw .other(than: "one object of JSON")
            }
        #if YAML
        case .yaml:
            guard let text = String(validating: bytes, as: UTF8.self), let root = try? Yams.compose(yaml: text),
                let mapping = root.mapping
            else { throw .other(than: "one mapping of YAML") }
            return try Self.members(mapping, at: "")
        #endif
        }
    }

    func bytes(_ members: [String: SettingValue]) throws -> Data {
        switch self {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(members) + Data("\n".utf8)
        #if YAML
        case .yaml:
            return Data(try Yams.serialize(node: Self.node(.members(members)), allowUnicode: true).utf8)
        #endif
        }
    }
}

#if YAML
extension SettingsFormat {
    private static func members(
        _ mapping: Node.Mapping,
        at path: String
    ) throws(Failure) -> [String: SettingValue] {
        var members: [String: SettingValue] = [:]
        for (name, value) in mapping {
            guard let name = name.string else { throw .value(key: path.isEmpty ? "?" : path) }
            let key = path.isEmpty ? name : "\(path).\(name)"
            members[name] = try self.value(value, at: key)
        }
        return members
    }

    private static func value(_ node: Node, at key: String) throws(Failure) -> SettingValue {
        if let mapping = node.mapping { return .members(try members(mapping, at: key)) }
        if let sequence = node.sequence {
            let texts = sequence.compactMap(\.scalar?.string)
            guard texts.count == sequence.count else { throw .value(key: key) }
            return .texts(texts)
        }
        guard let scalar = node.scalar else { throw .value(key: key) }
        // In quotes it is text, whatever it looks like.
        guard scalar.style == .plain else { return .text(scalar.string) }
        guard !["", "~", "null"].contains(scalar.string.lowercased()) else { throw .value(key: key) }
        if let flag = Bool.construct(from: scalar) { return .flag(flag) }
        if let number = Int.construct(from: scalar) { return .whole(number) }
        if let number = Double.construct(from: scalar) { return .number(number) }
        return .text(scalar.string)
    }

    private static func node(_ value: SettingValue) -> Node {
        func text(_ text: String) -> Node { .scalar(text.represented()) }
        switch value {
        case .flag(let flag): return Node(flag ? "true" : "false")
        case .whole(let number): return Node("\(number)")
        case .number(let number): return Node("\(number)")
        case .text(let string): return text(string)
        case .texts(let texts): return Node(texts.map(text), Tag(.seq))
        case .members(let members):
            return Node(members.sorted { $0.key < $1.key }.map { (text($0.key), node($0.value)) }, Tag(.map))
        }
    }
}
#endif
#endif
