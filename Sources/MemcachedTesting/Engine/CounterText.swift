import NIOCore

/// A counter as memcached reads and writes it: by C's `strtoull`, and back over the old text.
enum CounterText {
    /// Nil where the server says that the value is not numeric.
    static func read(_ value: ByteBuffer) -> UInt64? {
        // A C string ends at the first NUL.
        let text = value.readableBytesView.prefix { $0 != 0 }
        var rest = text.drop(while: isSpace)
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            let (tens, overTen) = number.multipliedReportingOverflow(by: 10)
            let (sum, overOne) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !overTen, !overOne else { return nil }
            number = sum
        }
        guard rest.dropFirst(digits.count).first.map(isSpace) ?? true else { return nil }
        if isNegative { number = 0 &- number }
        // The server looks for a minus sign only in numbers that would be negative if they were signed.
        if number >> 63 == 1, text.contains(UInt8(ascii: "-")) { return nil }
        return number
    }

    /// A shorter number is padded to the old text's length with spaces: the server writes over its memory.
    static func write(_ number: UInt64, over old: ByteBuffer) -> ByteBuffer {
        var text = write(number)
        text.writeRepeatingByte(UInt8(ascii: " "), count: max(0, old.readableBytes - text.readableBytes))
        return text
    }

    static func write(_ number: UInt64) -> ByteBuffer {
        ByteBuffer(string: String(number))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
    }
}
