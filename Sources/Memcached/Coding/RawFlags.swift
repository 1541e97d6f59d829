import NIOCore

extension FlagsConvention {
    /// No marks: flags are 0 when writing and ignored when reading, as with libmemcached's tools, aiomcache and
    /// emcache.
    ///
    /// Any codec reads any item, as well as it can. Compressed values can't be told from others, so a codec that
    /// compresses is refused.
    public static let raw = raw(flags: 0)

    /// No marks, and always the same flags when writing.
    public static func raw(flags: UInt32) -> FlagsConvention {
        FlagsConvention(name: "raw") { (value) throws(ValueCodecError) in
            guard value.compression == .none else {
                throw .unrepresentable("\(value.compression.rawValue) compression", in: "raw")
            }
            guard !value.format.isForeign else { throw .unrepresentable("\(value.format)", in: "raw") }
            return (flags, value.bytes)
        } unpack: { (_, bytes) throws(ValueCodecError) in
            EncodedValue(bytes: bytes, format: .unmarked)
        }
    }
}
