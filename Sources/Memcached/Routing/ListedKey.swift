/// Where a value stands in a file of settings, or an empty object.
public struct ListedKey: Hashable, Sendable {
    /// The names of the objects around it, from outside in, and its own. A name may have dots.
    public let names: [String]
    /// Whether it is an object without members, and no value.
    public let isEmptyObject: Bool

    /// The place of a value, or of an empty object.
    public init(_ names: [String], isEmptyObject: Bool = false) {
        self.names = names
        self.isEmptyObject = isEmptyObject
    }
}

extension ListedKey {
    /// The same as it is seen from inside an object; nil where it isn't in there.
    ///
    /// - Parameter place: the object's own place.
    func below(_ place: [String]) -> ListedKey? {
        // As a `ConfigReader` has it, `a.b` is also the name of one object.
        let text = place.joined(separator: ".")
        let depth = names.indices.first { names[..<$0].joined(separator: ".") == text }
        return depth.map { ListedKey(Array(names[$0...]), isEmptyObject: isEmptyObject) }
    }
}

extension ListedKey {
    private static let separator: Character = "\0"
    private static let value: Character = "="
    private static let object: Character = "{"

    /// What ``init(text:)`` reads.
    var text: String {
        "\(isEmptyObject ? Self.object : Self.value)\(names.joined(separator: String(Self.separator)))"
    }

    init(text: String) {
        let names = text.dropFirst().split(separator: Self.separator, omittingEmptySubsequences: false)
        self.init(names.map(String.init), isEmptyObject: text.first == Self.object)
    }
}
