import NIOCore

/// Numbers as memcached keeps them: ASCII decimal, perhaps padded with spaces.
struct DecimalText {
    /// The bytes without trailing spaces. The server pads a counter with them when its decimal gets shorter.
    let bytes: ByteBufferView

    init(_ buffer: ByteBuffer) {
        let view = buffer.readableBytesView
        let last = view.lastIndex { $0 != UInt8(ascii: " ") }
        bytes = last.map { view[...$0] } ?? view.prefix(0)
    }

    /// The integer, nil where this is none or it doesn't fit.
    func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative ? bytes.dropFirst() : bytes[...]
        guard !digits.isEmpty else { return nil }
        var value: Value = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte),
                let digit = Value(exactly: byte - UInt8(ascii: "0"))
            else { return nil }
            let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
            // A negative number is built downwards, since the least one has no positive counterpart.
            let (sum, sumOverflows) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !productOverflows, !sumOverflows else { return nil }
            value = sum
        }
        return value
    }

    /// Whether this is an integer of any size.
    var isInteger: Bool {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The floating point number, nil where this is none or a finite one is too large.
    ///
    /// Infinities and NaN are known by the names that Swift, Python, Java and PHP give them. Hexadecimal is none of
    /// memcached's habits.
    func floatingPoint<Value: BinaryFloatingPoint & LosslessStringConvertible>(_ type: Value.Type = Value.self)
        -> Value?
    {
        guard bytes.count <= 1_100, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        switch text.lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default: break
        }
        guard text.utf8.allSatisfy(Self.isPartOfDecimal), let value = Value(text), value.isFinite else { return nil }
        return value
    }

    private static func isPartOfDecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"),
            UInt8(ascii: "E"):
            true
        default:
            false
        }
    }
}
