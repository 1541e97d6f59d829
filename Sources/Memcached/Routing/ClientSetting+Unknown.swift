/// What a file has and is no setting, or no value of one.
package struct UnknownSetting: Hashable, Sendable {
    /// With dots in between, as in `dictionaries.sessions.timeout`.
    package let key: String
    /// What may stand there; nil where it is an object in the place of a setting.
    package let advice: String?

    package init(_ key: String, advice: String?) {
        (self.key, self.advice) = (key, advice)
    }

    /// What the setting takes that has that name.
    package var allowed: String {
        key.split(separator: ".").last.flatMap(ClientSetting.named)?.allowed ?? "a value"
    }

    package var problem: SettingsProblem {
        guard let advice else {
            return SettingsProblem(
                key,
                "the setting '\(key)' takes neither an object nor a mapping; it takes \(allowed)"
            )
        }
        return SettingsProblem(key, "'\(key)' is no setting. \(advice)")
    }
}

extension ClientSetting {
    /// Those of the keys of a file that are no settings, each once. What the management screen keeps there, `management`, is left alone.
    package static func unknown(among keys: [ListedKey]) -> [UnknownSetting] {
        var seen: Set<UnknownSetting> = []
        return keys.compactMap { unknown($0) }.filter { seen.insert($0).inserted }
    }

    /// The plain key prefix of the dictionary whose setting it is; nil of any other key.
    static func dictionary(of key: ListedKey) -> String? {
        guard key.names.count == 3, key.names[0] == "dictionaries", unknown(key) == nil else { return nil }
        return key.names[1]
    }

    private static let names = Set(all.map(\.key))
    private static let choice =
        "The settings are \((all.map(\.key) + ["dictionaries", "management"]).joined(separator: ", "))."
    private static let dictionaryChoice = "Those of a dictionary are \(dictionaryNames.joined(separator: ", "))."

    private static func unknown(_ key: ListedKey) -> UnknownSetting? {
        let depth = key.names.count
        let isValue = !key.isEmptyObject
        switch key.names.first {
        case "management":
            return nil
        case "dictionaries" where depth == 1:
            guard isValue else { return nil }
            return UnknownSetting("dictionaries", advice: "It holds an object for each key prefix. \(dictionaryChoice)")
        case "dictionaries" where depth == 2:
            guard isValue else { return nil }
            return UnknownSetting(text(key.names), advice: "It holds an object. \(dictionaryChoice)")
        case "dictionaries":
            guard depth > 3 || !isValue || !dictionaryNames.contains(key.names[2]) else { return nil }
            return UnknownSetting(text(key.names.prefix(3)), advice: dictionaryChoice)
        case let name? where names.contains(name):
            return depth == 1 && isValue ? nil : UnknownSetting(name, advice: nil)
        case let name:
            return UnknownSetting(name ?? "", advice: choice)
        }
    }

    private static func text(_ names: some Sequence<String>) -> String { names.joined(separator: ".") }
}
