extension ClientSetting {
    /// What stands beside the settings in a file, as objects: those of single dictionaries, and what the management screen keeps there.
    package static let objects = ["dictionaries", "management"]

    /// What there is, for whoever has written something else.
    package static let choice = "The settings are \((all.map(\.key) + objects).joined(separator: ", "))."
    package static let dictionaryChoice = "Those of a dictionary are \(dictionaryNames.joined(separator: ", "))."

    /// Those of the keys that are no settings, each with what may stand there.
    ///
    /// - Parameter keys: with dots in between, as in `dictionaries.sessions.expiration`.
    static func unknown(among keys: [String]) -> [SettingsProblem] {
        keys.filter { !isKnown($0) }.map { key in
            let isOfDictionary = key.split(separator: ".").first == "dictionaries"
            return SettingsProblem(key, "'\(key)' is no setting. \(isOfDictionary ? dictionaryChoice : choice)")
        }
    }

    /// The dictionary to which a key belongs, by its plain key prefix, which may have dots; nil of any other key.
    static func dictionary(of key: String) -> String? {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.first == "dictionaries", let name = parts.last,
            dictionaryNames.contains(String(name))
        else { return nil }
        return parts.dropFirst().dropLast().joined(separator: ".")
    }

    private static let names = Set(all.map(\.key))

    private static func isKnown(_ key: String) -> Bool {
        names.contains(key) || dictionary(of: key) != nil || key.hasPrefix("management.")
    }
}
