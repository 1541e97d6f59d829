public import NIOCore

/// Bytes as they are, in a `ByteBuffer`, without a copy. Made by ``ValueCodec/bytes()->BytesCodec``.
///
/// Reads values that a bytes codec wrote, and unmarked ones.
public struct BytesCodec: ValueCodec {
    init() {}

    /// `bytes`.
    public var name: String { "bytes" }

    /// The readable bytes of the buffer.
    public func encode(_ value: ByteBuffer) -> EncodedValue {
        EncodedValue(bytes: value, format: .bytes)
    }

    /// The bytes.
    public func decode(_ encoded: EncodedValue) throws(ValueCodecError) -> ByteBuffer {
        try encoded.bytes(as: .bytes, readBy: name)
    }
}

/// Bytes as they are, in a collection such as `[UInt8]` or Foundation's `Data`. Made by
/// ``ValueCodec/bytes()->ByteCollectionCodec<Bytes>``.
///
/// It writes and reads the same as ``BytesCodec``, with a copy.
public struct ByteCollectionCodec<Value: RangeReplaceableCollection<UInt8> & Sendable>: ValueCodec {
    init() {}

    /// `bytes`.
    public var name: String { "bytes" }

    /// The collection's bytes.
    public func encode(_ value: Value) -> EncodedValue {
        EncodedValue(bytes: ByteBuffer(bytes: value), format: .bytes)
    }

    /// The bytes.
    public func decode(_ encoded: EncodedValue) throws(ValueCodecError) -> Value {
        Value(try encoded.bytes(as: .bytes, readBy: name).readableBytesView)
    }
}

extension ValueCodec where Self == BytesCodec {
    /// Bytes as they are, in a `ByteBuffer`.
    public static func bytes() -> BytesCodec {
        BytesCodec()
    }
}

extension ValueCodec {
    /// Bytes as they are, in `[UInt8]`, `Data` or another collection of bytes.
    public static func bytes<Bytes>() -> ByteCollectionCodec<Bytes> where Self == ByteCollectionCodec<Bytes> {
        ByteCollectionCodec()
    }
}
