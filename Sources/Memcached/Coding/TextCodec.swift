import NIOCore

/// Strings as UTF-8 text. Made by ``ValueCodec/text()``.
///
/// Reads values that a text codec wrote, and unmarked ones.
public struct TextCodec: ValueCodec {
    init() {}

    /// `text`.
    public var name: String { "text" }

    /// The text in UTF-8.
    public func encode(_ value: String) -> EncodedValue {
        EncodedValue(bytes: ByteBuffer(string: value), format: .text)
    }

    /// The text, unchanged: trailing spaces and any byte order mark stay.
    ///
    /// - Throws: ``ValueCodecError/Code/invalidText`` where the bytes are not UTF-8.
    public func decode(_ encoded: EncodedValue) throws(ValueCodecError) -> String {
        let bytes = try encoded.bytes(as: .text, readBy: name)
        guard let text = bytes.withUnsafeReadableBytes({ String(validating: $0, as: UTF8.self) }) else {
            throw ValueCodecError(.invalidText, "stored as \(encoded.format), read by the text codec: not UTF-8")
        }
        return text
    }
}

extension ValueCodec where Self == TextCodec {
    /// Strings as UTF-8 text.
    public static func text() -> TextCodec {
        TextCodec()
    }
}
