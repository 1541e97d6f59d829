import Crypto
import MemcachedFraming

/// A dictionary's rule for the keys of its items.
struct KeySpace: Sendable {
    private let prefix: Result<(plain: String, hashed: String), MemcachedError>
    private let longKeys: LongKeyPolicy
    private let disclosure: KeyDisclosure

    init(prefix: KeyPrefix, longKeys: LongKeyPolicy, disclosure: KeyDisclosure) {
        self.prefix = Result { () throws(MemcachedError) in try prefix.joined() }.mapError(disclosure.shown)
        self.longKeys = longKeys
        self.disclosure = disclosure
    }

    /// The item's key.
    func itemKey(_ key: String) throws(MemcachedError) -> ItemKey {
        let prefix = try prefix.get()
        guard !key.isEmpty else {
            throw disclosure.shown(
                MemcachedError(.invalidKey, "the key is empty. Nothing was sent", key: prefix.plain)
            )
        }
        let length = prefix.plain.utf8.count + key.utf8.count
        guard length > ItemKey.maximumLength, longKeys == .hash else {
            return try disclosure.itemKey(key, prefix: prefix.plain)
        }
        return try disclosure.itemKey(Self.digest(of: key), prefix: prefix.hashed)
    }

    private static func digest(of key: String) -> String {
        SHA256.hash(data: Array(key.utf8)).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
