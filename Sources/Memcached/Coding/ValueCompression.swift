/// How the bytes of a stored value are compressed.
public enum ValueCompression: String, Hashable, Sendable, CaseIterable {
    /// Not at all.
    case none
    /// zlib (RFC 1950): what this package writes, and nearly every other client reads.
    case zlib
    /// gzip (RFC 1952), which Java and Perl clients write. It is read; a convention that wants it writes it.
    case gzip
    /// FastLZ, the default of PHP's client. It is recognised, and refused.
    case fastlz
}
