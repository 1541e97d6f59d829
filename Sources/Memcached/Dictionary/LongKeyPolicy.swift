/// What a dictionary does with a key that is longer than memcached takes: 250 bytes of UTF-8, prefix and separator included.
public enum LongKeyPolicy: Hashable, Sendable {
    /// It throws ``MemcachedError/Code/invalidKey``, and nothing is sent.
    case refuse
    /// It stores under the prefix, `#` and the SHA-256 of the key without its prefix, in 64 lower-case hexadecimal digits. No plain
    /// prefix contains that separator, so that hashed keys meet no other dictionary's.
    ///
    /// The prefix may then have 185 bytes at most.
    case hash
}
