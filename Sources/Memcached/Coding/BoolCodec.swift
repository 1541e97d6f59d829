import NIOCore

/// Booleans as `1` and `0`. Made by ``ValueCodec/bool()``.
///
/// Also reads `true` and `false`, which other clients write. Reads values that a bool codec wrote, and unmarked ones.
public struct BoolCodec: ValueCodec {
    init() {}

    /// `bool`.
    public var name: String { "bool" }

    /// `1` or `0`.
    public func encode(_ value: Bool) -> EncodedValue {
        EncodedValue(bytes: ByteBuffer(string: value ? "1" : "0"), format: .bool)
    }

    /// The Boolean. Trailing spaces are trimmed, case doesn't matter.
    ///
    /// - Throws: ``ValueCodecError/Code/invalidNumber`` where the bytes are none of these words.
    public func decode(_ encoded: EncodedValue) throws(ValueCodecError) -> Bool {
        let text = DecimalText(try encoded.bytes(as: .bool, readBy: name)).bytes
        switch text.count <= 5 ? String(decoding: text, as: UTF8.self).lowercased() : "" {
        case "1", "true": return true
        case "0", "false": return false
        default:
            throw ValueCodecError(
                .invalidNumber,
                "stored as \(encoded.format), read by the bool codec: none of 1, 0, true, false"
            )
        }
    }
}

extension ValueCodec where Self == BoolCodec {
    /// Booleans as `1` and `0`.
    public static func bool() -> BoolCodec {
        BoolCodec()
    }
}
