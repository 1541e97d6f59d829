import NIOCore

/// Integers as ASCII decimal, the text that the server's increment and decrement work on. Made by
/// ``ValueCodec/integer()``.
///
/// Reads values that an integer codec wrote, and unmarked ones: counters above all. The spaces with which the server
/// pads a counter that became shorter are trimmed.
public struct IntegerCodec<Value: FixedWidthInteger & Sendable>: ValueCodec {
    init() {}

    /// `integer`.
    public var name: String { "integer" }

    /// The integer in decimal.
    public func encode(_ value: Value) -> EncodedValue {
        EncodedValue(bytes: ByteBuffer(string: String(value)), format: .integer)
    }

    /// The integer.
    ///
    /// - Throws: ``ValueCodecError/Code/invalidNumber`` where the bytes are no decimal integer, or one that `Value`
    ///   can't hold.
    public func decode(_ encoded: EncodedValue) throws(ValueCodecError) -> Value {
        let text = DecimalText(try encoded.bytes(as: .integer, readBy: name))
        guard let value = text.integer(Value.self) else {
            let problem = text.isInteger ? "the integer is out of the range of \(Value.self)" : "not a decimal integer"
            throw ValueCodecError(.invalidNumber, "stored as \(encoded.format), read by the integer codec: \(problem)")
        }
        return value
    }
}

extension ValueCodec {
    /// Integers as ASCII decimal.
    public static func integer<Integer>() -> IntegerCodec<Integer> where Self == IntegerCodec<Integer> {
        IntegerCodec()
    }
}
