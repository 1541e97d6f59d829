#if Configuration
import Configuration

/// Asks a provider for the keys that it has. Of several providers only the first that has an answer is heard, so that the question is asked
/// again, with the names of those that have answered it.
struct ListingQuestion {
    /// What no file has as a key, and no environment as a variable.
    static let name = "*settings*"
    private static let context = "answered"

    /// Where the settings are.
    let place: [String]
    /// The marks of those that have answered.
    let answered: [Substring]

    /// Nil of a key that asks for something else.
    init?(_ key: AbsoluteConfigKey) {
        guard key.components.last == Self.name else { return nil }
        place = key.components.dropLast()
        if case .string(let marks)? = key.context[Self.context] {
            answered = marks.split(separator: " ")
        } else {
            answered = []
        }
    }

    static func key(answered: [String]) -> ConfigKey {
        ConfigKey([name], context: answered.isEmpty ? [:] : [context: .string(answered.joined(separator: " "))])
    }
}

/// Which keys a provider has.
struct ListingAnswer {
    /// Tells one provider from another.
    let mark: String
    let keys: [ListedKey]

    var texts: [String] { [ListingQuestion.name, mark] + keys.map(\.text) }

    init(mark: String, keys: [ListedKey]) {
        (self.mark, self.keys) = (mark, keys)
    }

    /// Nil of what no ``ListedSnapshot`` has answered.
    init?(texts: [String]) {
        guard texts.count > 2, texts[0] == ListingQuestion.name else { return nil }
        self.init(mark: texts[1], keys: texts[2...].map(ListedKey.init(text:)))
    }
}
#endif
