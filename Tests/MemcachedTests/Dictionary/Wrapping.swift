import Memcached

/// A user's own codec around another one.
struct Wrapping: ValueCodec {
    let wrapped: any ValueCodec<String>
    /// Whether it says what the other says.
    let tells: Bool

    var name: String { "wrapping" }
    var compresses: Bool { tells && wrapped.compresses }

    func encode(_ value: String) throws -> EncodedValue { try wrapped.encode(value) }
    func decode(_ encoded: EncodedValue) throws -> String { try wrapped.decode(encoded) }
}
