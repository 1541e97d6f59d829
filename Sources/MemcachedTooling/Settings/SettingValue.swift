#if Configuration
package import Configuration

/// A member of a file of settings.
package enum SettingValue: Hashable, Sendable {
    case flag(Bool), whole(Int), number(Double), text(String), texts([String])
    /// An object, as what `dictionaries` holds.
    case members([String: SettingValue])
    /// What no setting takes: null, a list of other things than texts, or a number that nothing can hold.
    case other
}

extension SettingValue: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Tried in this order, since a decoder takes no number for true or false.
    package init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Name.self) {
            var members: [String: SettingValue] = [:]
            for name in container.allKeys {
                members[name.stringValue] = try container.decode(SettingValue.self, forKey: name)
            }
            self = .members(members)
            return
        }
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
            self = .other
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let flag): try container.encode(flag)
        case .whole(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .texts(let texts): try container.encode(texts)
        case .members(let members): try container.encode(members)
        case .other: try container.encodeNil()
        }
    }
}

extension SettingValue {
    /// As a `ConfigReader` has it; nil for an object, whose members have keys of their own, and for what no setting takes.
    package var content: ConfigContent? {
        switch self {
        case .flag(let flag): .bool(flag)
        case .whole(let number): .int(number)
        case .number(let number): .double(number)
        case .text(let text): .string(text)
        case .texts(let texts): .stringArray(texts)
        case .members, .other: nil
        }
    }

    /// Those of an object; none of everything else.
    package var objectMembers: [String: SettingValue] {
        if case .members(let members) = self { members } else { [:] }
    }
}
#endif
