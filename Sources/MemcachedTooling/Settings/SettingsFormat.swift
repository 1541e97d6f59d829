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
    struct Failure: Error {
        /// As in "is not one object of JSON: Unexpected end of file".
        let text: String

        /// - Parameters:
        ///   - what: what it isn't.
        ///   - reason: why, and where; nil where it is something else that is sound.
        init(otherThan what: String, _ reason: String?) {
            text = "is not \(what)" + (reason.map { ": \($0)" } ?? "")
        }
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
            let what = "one object of JSON"
            // First of all: the decoder takes a text that is none for a value of another kind.
            if let fault = JSONDocument.fault(of: bytes) { throw Failure(otherThan: what, fault) }
            if let name = JSONDocument.repeatedName(in: bytes) {
                throw Failure(otherThan: what, "it has '\(name)' twice")
            }
            do {
                return try JSONDecoder().decode([String: SettingValue].self, from: bytes)
            } catch {
                throw Failure(otherThan: what, nil)
            }
        #if YAML
        case .yaml:
            let what = "one mapping of YAML"
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(otherThan: what, "it is no text in UTF-8")
            }
            let root: Node?
            do { root = try Yams.compose(yaml: text) } catch { throw Failure(otherThan: what, Self.fault(error)) }
            guard let mapping = root?.mapping else { throw Failure(otherThan: what, nil) }
            return Self.members(mapping)
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
    /// What Yams tells of the reason and the place, without the lines of the file, which may hold a password.
    private static func fault(_ error: any Error) -> String? {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let what = context.map { "\($0.text) \(problem)" } ?? problem
            return "\(what) at line \(mark.line), column \(mark.column)"
        case .reader(let problem, _, _, _):
            return problem
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            return "it has \(names) twice, in the mapping at line \(context.mark.line)"
        default:
            return nil
        }
    }

    private static func members(_ mapping: Node.Mapping) -> [String: SettingValue] {
        var members: [String: SettingValue] = [:]
        // A name that is no text is none of a setting.
        for (name, node) in mapping { members[name.string ?? "?"] = value(node) }
        return members
    }

    private static func value(_ node: Node) -> SettingValue {
        if let mapping = node.mapping { return .members(members(mapping)) }
        if let sequence = node.sequence {
            let texts = sequence.compactMap(\.scalar?.string)
            return texts.count == sequence.count ? .texts(texts) : .other
        }
        guard let scalar = node.scalar else { return .other }
        // In quotes it is text, whatever it looks like.
        guard scalar.style == .plain else { return .text(scalar.string) }
        guard !["", "~", "null"].contains(scalar.string.lowercased()) else { return .other }
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
        case .other: return Node("null")
        case .members(let members):
            return Node(members.sorted { $0.key < $1.key }.map { (text($0.key), node($0.value)) }, Tag(.map))
        }
    }
}
#endif
#endif
