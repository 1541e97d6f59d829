#if Management
import Foundation
import Memcached
import MemcachedTooling

/// What the form of the settings has sent, as members of the file.
struct SettingsForm: Sendable {
    let members: [String: SettingValue]
    /// Of what can't be told by the members.
    let problems: [SettingsProblem]

    /// How a dictionary's fields are called: its prefix, which may hold anything, is a field of its own.
    static func fieldName(_ index: Int, _ name: String) -> String { "dictionary-\(index)-\(name)" }

    /// - Parameter stored: what the file has, of which the secret stays unless another is given.
    init(_ form: Form, stored: [String: SettingValue]) {
        // What isn't in the form.
        var members = stored.filter { $0.key == "management" }
        for setting in ClientSetting.all {
            if setting.isSecret {
                let sent = form[setting.key] ?? ""
                if !sent.isEmpty {
                    members[setting.key] = .text(sent)
                } else if !form.isChecked("remove-\(setting.key)") {
                    members[setting.key] = stored[setting.key]
                }
            } else {
                members[setting.key] = Self.value(of: form.trimmed(setting.key), for: setting)
            }
        }
        var dictionaries: [String: SettingValue] = [:]
        var problems: [SettingsProblem] = []
        var empty: [String] = []
        for index in Self.indices(form) {
            let prefix = form.trimmed(Self.fieldName(index, "prefix"))
            var settings: [String: SettingValue] = [:]
            for setting in ClientSetting.ofDictionary(prefix) {
                let name = setting.path.last ?? ""
                settings[name] = Self.value(of: form.trimmed(Self.fieldName(index, name)), for: setting)
            }
            guard !settings.isEmpty else {
                let isStored = stored["dictionaries"]?.objectMembers[prefix] != nil
                if !prefix.isEmpty, !isStored { empty.append(prefix) }
                continue
            }
            if prefix.isEmpty {
                // One that was there, and has no name any more, is taken out.
                guard form[Self.fieldName(index, "new")] != nil else { continue }
                problems.append(
                    SettingsProblem(Self.key(prefix), "Which dictionary are these for? Name its key prefix.")
                )
            }
            if dictionaries[prefix] != nil {
                problems.append(
                    SettingsProblem(Self.key(prefix), "This prefix was given twice; these are the last ones.")
                )
            }
            dictionaries[prefix] = .members(settings)
        }
        // They don't take the place of what was typed under the same prefix.
        for prefix in empty {
            if dictionaries[prefix] == nil {
                dictionaries[prefix] = .members([:])
                problems.append(
                    SettingsProblem(Self.key(prefix), "Nothing is set for it: set something, or empty its prefix.")
                )
            } else {
                problems.append(
                    SettingsProblem(Self.key(prefix), "This prefix was given twice, once with nothing set.")
                )
            }
        }
        if !dictionaries.isEmpty { members["dictionaries"] = .members(dictionaries) }
        self.members = members
        self.problems = problems
    }

    private static func key(_ prefix: String) -> String { "dictionaries.\(prefix)" }

    private static func indices(_ form: Form) -> [Int] {
        form.names.compactMap { name in
            let parts = name.split(separator: "-")
            return parts.count == 3 && parts[0] == "dictionary" && parts[2] == "prefix" ? Int(parts[1]) : nil
        }.sorted()
    }

    /// Nil of an empty field. What can't be read as what the setting takes stays text, which the check of the settings then refuses.
    private static func value(of text: String, for setting: ClientSetting) -> SettingValue? {
        guard !text.isEmpty else { return nil }
        if setting.key == "servers" {
            let servers = text.split { $0.isNewline || $0 == "," }
                .map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { !$0.isEmpty }
            return servers.isEmpty ? nil : .texts(servers)
        }
        if setting.range == "true or false", let flag = Bool(text) { return .flag(flag) }
        if !setting.unit.isEmpty {
            if let number = Int(text) { return .whole(number) }
            if let number = Double(text), number.isFinite { return .number(number) }
        }
        return .text(text)
    }

    /// A member as a field shows it.
    static func text(of value: SettingValue?) -> String {
        switch value {
        case .flag(let flag): "\(flag)"
        case .whole(let number): "\(number)"
        case .number(let number): "\(number)"
        case .text(let text): text
        case .texts(let texts): texts.joined(separator: "\n")
        case .members, .other, nil: ""
        }
    }
}
#endif
