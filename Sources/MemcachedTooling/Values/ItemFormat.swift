import Memcached
import NIOCore

/// How an item is stored: its flags, and whether its bytes are compressed. What takes the value's place is stored the same way, so that
/// others still read it.
struct ItemFormat: Sendable {
    let flags: UInt32
    let isCompressed: Bool

    /// What goes to the server. What compressing doesn't make smaller stays as it is, and is marked as such.
    func packed(_ bytes: ByteBuffer) throws -> (flags: UInt32, bytes: ByteBuffer) {
        guard isCompressed else { return (flags, bytes) }
        let encoded = try Plain().compressed(above: 0).encode(bytes)
        return (encoded.compression == .none ? flags & ~NativeFlags.compressed : flags, encoded.bytes)
    }
}

/// Bytes as they are, whatever they mean.
private struct Plain: ValueCodec {
    var name: String { "plain" }

    func encode(_ bytes: ByteBuffer) -> EncodedValue { EncodedValue(bytes: bytes, format: .bytes) }

    func decode(_ encoded: EncodedValue) -> ByteBuffer { encoded.bytes }
}
