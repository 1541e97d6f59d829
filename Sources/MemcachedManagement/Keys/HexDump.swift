#if Management
/// Bytes as people read them: the place, sixteen bytes, and what of them is ASCII.
enum HexDump {
    static func text(of bytes: some Collection<UInt8>) -> String {
        var lines: [String] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let line = rest.prefix(16)
            let hexadecimal = pairs(of: line)
            let padding = String(repeating: " ", count: 47 - hexadecimal.count)
            let ascii = line.map { (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            lines.append("\(hex(line.startIndex, digits: 8))  \(hexadecimal)\(padding)  \(ascii)")
            rest = rest.dropFirst(16)
        }
        return lines.joined(separator: "\n")
    }

    /// The bytes of a line.
    static func pairs(of line: ArraySlice<UInt8>) -> String {
        line.map { hex(Int($0), digits: 2) }.joined(separator: " ")
    }

    static func hex(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
#endif
