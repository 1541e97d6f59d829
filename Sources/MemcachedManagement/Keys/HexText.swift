#if Management
import NIOCore

/// Bytes as a form's field holds them: pairs of hexadecimal digits, sixteen on a line.
enum HexText {
    /// Why a text tells no bytes, and where.
    struct Problem: Error {
        let words: String
    }

    /// How the field is filled in.
    static let help = "Each byte has two hexadecimal digits; white space between bytes doesn't count."

    static func text(of bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes)
        return stride(from: 0, to: bytes.count, by: 16).map { start in
            HexDump.pairs(of: bytes[start..<min(start + 16, bytes.count)])
        }.joined(separator: "\n")
    }

    static func bytes(of text: String) throws(Problem) -> ByteBuffer {
        var bytes: [UInt8] = []
        var (line, column) = (1, 0)
        var first: (digit: UInt8, scalar: Unicode.Scalar)?
        func problem(_ words: String, at column: Int) -> Problem {
            Problem(words: "Line \(line), column \(column): \(words)")
        }
        func checkIsPaired() throws(Problem) {
            guard let first else { return }
            throw problem("the digit '\(first.scalar)' is alone. Each byte has two.", at: column)
        }
        for scalar in text.unicodeScalars {
            guard !scalar.properties.isWhitespace else {
                try checkIsPaired()
                column += 1
                if scalar == "\n" { (line, column) = (line + 1, 0) }
                continue
            }
            column += 1
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue.map({ UInt8($0) }) else {
                throw problem("\(Self.name(of: scalar)) is no hexadecimal digit, 0 to 9 or a to f.", at: column)
            }
            if let high = first?.digit {
                bytes.append(high << 4 | digit)
                first = nil
            } else {
                first = (digit, scalar)
            }
        }
        try checkIsPaired()
        return ByteBuffer(bytes: bytes)
    }

    private static func name(of scalar: Unicode.Scalar) -> String {
        let isPlain = ("!"..."~").contains(scalar) || scalar.properties.isAlphabetic
        return isPlain ? "'\(scalar)'" : "U+" + HexDump.hex(Int(scalar.value), digits: 4).uppercased()
    }
}
#endif
