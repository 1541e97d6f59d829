import NIOCore

/// Floating point numbers as the shortest decimal text that reads back as the same number. Made by
/// ``ValueCodec/double()`` and ``ValueCodec/float()``.
///
/// Infinities, NaN (as one NaN, without payload) and negative zero come back too. Reads values that such a codec wrote,
/// and unmarked ones.
public struct FloatingPointCodec<Value: BinaryFloatingPoint & LosslessStringConvertible & Sendable>: ValueCodec {
    init() {}

    /// `double`, for `Float` too: both write the same format.
    public var name: String { "double" }

    /// The number in decimal, or `inf`, `-inf`, `nan`.
    public func encode(_ value: Value) -> EncodedValue {
        EncodedValue(bytes: ByteBuffer(string: value.isNaN ? "nan" : String(value)), format: .double)
    }

    /// The number. Trailing spaces are trimmed.
    ///
    /// - Throws: ``ValueCodecError/Code/invalidNumber`` where the bytes are no decimal number, or a finite one beyond
    ///   the range of `Value`.
    public func decode(_ encoded: EncodedValue) throws(ValueCodecError) -> Value {
        guard let value = DecimalText(try encoded.bytes(as: .double, readBy: name)).floatingPoint(Value.self) else {
            throw ValueCodecError(
                .invalidNumber,
                "stored as \(encoded.format), read by the double codec: "
                    + "not a decimal number in the range of \(Value.self)"
            )
        }
        return value
    }
}

extension ValueCodec where Self == FloatingPointCodec<Double> {
    /// `Double` as decimal text.
    public static func double() -> FloatingPointCodec<Double> {
        FloatingPointCodec()
    }
}

extension ValueCodec where Self == FloatingPointCodec<Float> {
    /// `Float` as decimal text, in the same format as ``double()``.
    public static func float() -> FloatingPointCodec<Float> {
        FloatingPointCodec()
    }
}
