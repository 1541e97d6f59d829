import Memcached

/// A variable of the environment that sets something of a dictionary which is neither used nor named in the file.
package struct UnusedVariable: Hashable, Sendable {
    package let name: String
    /// A plain key prefix that leads to it, in small letters.
    let prefix: String

    private static let beginning = "MEMCACHED_DICTIONARIES_"
    private static let endings = ClientSetting.ofDictionary("").map { $0.environmentName.dropFirst(beginning.count) }

    /// Nil of a variable that ends with no dictionary's setting.
    init?(_ name: String) {
        guard name.hasPrefix(Self.beginning), let ending = Self.endings.first(where: name.hasSuffix) else { return nil }
        let prefix = name.dropFirst(Self.beginning.count).dropLast(ending.count)
        // The beginning and the ending may not share a character.
        guard !prefix.isEmpty, name.count == Self.beginning.count + prefix.count + ending.count else { return nil }
        self.name = name
        self.prefix = prefix.lowercased()
    }

    /// In words for whoever has set it.
    package var warning: String {
        "the environment has \(name), which counts for commands with that dictionary's --prefix, and for all where the file names it "
            + "below 'dictionaries'"
    }
}
