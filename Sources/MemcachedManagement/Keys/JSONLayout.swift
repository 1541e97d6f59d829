#if Management
/// JSON with other white space between its parts. Numbers and texts stay as they are written, which a parser would not keep.
enum JSONLayout {
    /// With a line for each member, four spaces deeper on each level; the beginning alone where that has more bytes than the limit, as
    /// deep nesting soon has.
    static func indented(_ json: String, limit: Int) -> (text: String, isWhole: Bool) {
        var (output, depth) = ([UInt8](), 0)
        func newLine() {
            output.append(UInt8(ascii: "\n"))
            output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: min(max(depth, 0), 64) * 4))
        }
        var isFresh = false
        for part in Parts(json) {
            guard output.count <= limit else { break }
            switch part.first {
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if !isFresh { newLine() }
                output.append(contentsOf: part)
                isFresh = false
            case let first?:
                if isFresh { newLine() }
                isFresh = false
                output.append(contentsOf: part)
                switch first {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    isFresh = true
                case UInt8(ascii: ","): newLine()
                case UInt8(ascii: ":"): output.append(UInt8(ascii: " "))
                default: break
                }
            case nil: break
            }
        }
        return (String(beginningOf: output, limit: limit), output.count <= limit)
    }

    /// Without white space.
    static func compact(_ json: String) -> String {
        String(decoding: Array(Parts(json).joined()), as: UTF8.self)
    }

    /// Brackets, commas, colons, texts, numbers and words.
    private struct Parts: Sequence, IteratorProtocol {
        private let bytes: [UInt8]
        private var place = 0

        init(_ json: String) {
            bytes = Array(json.utf8)
        }

        mutating func next() -> ArraySlice<UInt8>? {
            while place < bytes.count, " \t\r\n".utf8.contains(bytes[place]) { place += 1 }
            guard place < bytes.count else { return nil }
            let start = place
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place += 1
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
                }
                place = Swift.min(place + 1, bytes.count)
            case let byte where Self.isPunctuation(byte):
                place += 1
            default:
                while place < bytes.count, !Self.isPunctuation(bytes[place]), bytes[place] > UInt8(ascii: " ") {
                    place += 1
                }
                place = Swift.max(place, start + 1)
            }
            return bytes[start..<place]
        }

        private static func isPunctuation(_ byte: UInt8) -> Bool { "{}[],:\"".utf8.contains(byte) }
    }
}
#endif
