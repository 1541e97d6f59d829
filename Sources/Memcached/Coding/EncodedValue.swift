public import NIOCore

/// A value as a codec hands it over: bytes, what they are written in, and how they are compressed.
public struct EncodedValue: Hashable, Sendable {
    /// The bytes, compressed as ``compression`` says.
    public var bytes: ByteBuffer
    /// What the bytes are written in, once inflated.
    ///
    /// Numbers are always ASCII decimal and Booleans `1` or `0` here, whatever a convention makes of them on the wire.
    public var format: ValueFormat
    /// How the bytes are compressed.
    public var compression: ValueCompression

    /// A value of bytes that a codec has encoded or a server has sent.
    public init(bytes: ByteBuffer, format: ValueFormat, compression: ValueCompression = .none) {
        self.bytes = bytes
        self.format = format
        self.compression = compression
    }
}

extension EncodedValue {
    /// The bytes for a codec that writes `format` and doesn't inflate.
    ///
    /// Values of that format and unmarked values pass. Use it in codecs of your own, so that their errors are like the
    /// others'.
    ///
    /// - Parameters:
    ///   - format: What the codec writes.
    ///   - codec: The codec's name.
    /// - Throws: ``ValueCodecError/Code/formatMismatch``, or ``ValueCodecError/Code/foreignFormat``, naming what was
    ///   stored and who reads.
    public func bytes(as format: ValueFormat, readBy codec: String) throws(ValueCodecError) -> ByteBuffer {
        guard !self.format.isForeign else {
            throw ValueCodecError(
                .foreignFormat,
                "stored as \(self.format), read by the \(codec) codec: "
                    + "only a codec of your own for that format can read it"
            )
        }
        guard self.format == format || self.format.isUnmarked else {
            throw ValueCodecError(.formatMismatch, "stored as \(self.format), read by the \(codec) codec")
        }
        switch compression {
        case .none:
            return bytes
        case .zlib, .gzip:
            throw ValueCodecError(
                .formatMismatch,
                "stored as \(self.format), \(compression.rawValue)-compressed, read by the \(codec) codec, "
                    + "which doesn't inflate: add .compressed(above:) to the codec"
            )
        case .fastlz:
            throw .fastlz
        }
    }
}
