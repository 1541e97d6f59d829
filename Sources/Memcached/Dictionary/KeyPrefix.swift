/// What keeps the keys of one dictionary apart from those of others on the same servers.
///
/// A plain prefix is joined to the key by a colon, and may not contain one itself, so that no two plain prefixes ever share an
/// item: `profiles` and `ada` give `profiles:ada`.
///
/// The prefix and its separator count towards the 250 bytes of UTF-8 that memcached allows for a key.
public struct KeyPrefix: Hashable, Sendable {
    private enum Kind: Hashable, Sendable {
        case plain, verbatim
    }

    private let text: String
    private let kind: Kind

    /// A plain prefix: 1 byte or more, without `:` and `#`, which are the separators.
    ///
    /// A prefix that breaks this rule makes every call of its dictionary throw ``MemcachedError/Code/invalidKey``, and nothing is
    /// sent.
    public init(_ text: String) {
        self.text = text
        kind = .plain
    }

    private init(verbatim text: String) {
        self.text = text
        kind = .verbatim
    }

    /// A prefix that is put before the key as it is, separators included, for keys that others have laid out: `app:profiles:`.
    ///
    /// It is unguarded: `a` with the key `bc` and `ab` with the key `c` are the same item, and `pro` with the key `files:ada` is that of
    /// the plain prefix `profiles` with the key `ada`. A hashed key (``LongKeyPolicy/hash``) is the same item as a short one that begins
    /// with `#` and has the hash's text.
    public static func verbatim(_ text: String) -> KeyPrefix {
        KeyPrefix(verbatim: text)
    }

    /// No prefix: the keys are the items' own. As unguarded as ``verbatim(_:)``: `profiles:ada` is an item of the plain prefix
    /// `profiles`.
    public static let none = KeyPrefix.verbatim("")

    /// Before a key as it is.
    static let separator = ":"
    /// Before a key's hash.
    static let hashSeparator = "#"
}

extension KeyPrefix {
    /// Whether both reach the same items: they are compared by bytes, as memcached does it, so that `é` in its two
    /// spellings makes two prefixes.
    public static func == (left: KeyPrefix, right: KeyPrefix) -> Bool {
        left.kind == right.kind && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Hashes the same bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension KeyPrefix: ExpressibleByStringInterpolation {
    /// A plain prefix.
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension KeyPrefix {
    /// The text of a plain prefix.
    var plainText: String? { kind == .plain ? text : nil }

    /// What stands before a key, its separator included, and what before a key's hash.
    func joined() throws(MemcachedError) -> (plain: String, hashed: String) {
        guard kind == .plain else { return (text, text + Self.hashSeparator) }
        guard !text.isEmpty else {
            throw MemcachedError(
                .invalidKey,
                "the key prefix is empty; use KeyPrefix.none for keys without a prefix. Nothing was sent"
            )
        }
        // By bytes, as on the wire: a colon with a combining accent is another Character, and the same byte.
        let separators = (Self.separator + Self.hashSeparator).utf8
        guard !text.utf8.contains(where: separators.contains) else {
            let rule =
                "contains ':' or '#', which separate a prefix from its keys; leave them out, or use KeyPrefix.verbatim. Nothing was sent"
            throw MemcachedError(
                .invalidKey,
                "the key prefix '\(text)' \(rule)",
                redactedMessage: "the key prefix \(rule)"
            )
        }
        return (text + Self.separator, text + Self.hashSeparator)
    }
}
