import Crypto
package import MemcachedFraming

/// A dictionary's rule for the keys of its items.
package struct KeySpace: Sendable {
    private let prefix: Result<(plain: String, hashed: String), MemcachedError>
    private let longKeys: LongKeyPolicy
    private let disclosure: KeyDisclosure

    package init(prefix: KeyPrefix, longKeys: LongKeyPolicy, disclosure: KeyDisclosure) {
        self.prefix = Result { () throws(MemcachedError) in try prefix.joined() }
        self.longKeys = longKeys
        self.disclosure = disclosure
    }

    /// The item's key.
    ///
    /// - Parameter longest: the longest key that is taken as it is, in bytes with its prefix; never more than the protocol's limit.
    package func itemKey(_ key: String, longest: Int = ItemKey.maximumLength) throws(MemcachedError) -> ItemKey {
        let prefix: (plain: String, hashed: String)
        switch self.prefix {
        case .success(let joined): prefix = joined
        case .failure(let error): throw disclosure.shown(error)
        }
        guard !key.isEmpty else {
            throw disclosure.shown(
                MemcachedError(.invalidKey, "the key is empty. Nothing was sent", key: prefix.plain)
            )
        }
        let length = prefix.plain.utf8.count + key.utf8.count
        guard length > min(longest, ItemKey.maximumLength) else {
            return try disclosure.itemKey(key, prefix: prefix.plain)
        }
        switch longKeys {
        case .hash:
            return try disclosure.itemKey(Self.digest(of: key), prefix: prefix.hashed)
        case .refuse where length > ItemKey.maximumLength:
            return try disclosure.itemKey(key, prefix: prefix.plain)
        case .refuse:
            throw disclosure.shown(
                MemcachedError(
                    .invalidKey,
                    "the key has \(length) bytes with its prefix, and this dictionary takes at most \(longest). Nothing was sent",
                    key: prefix.plain + key
                )
            )
        }
    }

    private static func digest(of key: String) -> String {
        SHA256.hash(data: Array(key.utf8)).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
