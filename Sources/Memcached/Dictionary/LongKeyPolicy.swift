/// What a dictionary does with a key that is longer than memcached takes, 250 bytes with the prefix.
public enum LongKeyPolicy: Hashable, Sendable {
    /// It throws ``MemcachedError/Code/invalidKey``.
    case refuse
    /// It stores under the prefix, `#` and the key's SHA-256 in 64 hexadecimal digits. The separator is none that a plain prefix
    /// contains, so that hashed keys meet no other dictionary's.
    case hash
}
