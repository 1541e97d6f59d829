#if Management
/// JSON with other white space between its parts. Numbers and texts stay as they are written, which a parser would not keep.
enum JSONLayout {
    /// With a line for each member, four spaces deeper on each level; nil where that has more bytes than the limit, as deep nesting soon
    /// has.
    static func indented(_ json: String, limit: Int) -> String? {
        var (output, depth) = ([UInt8](), 0)
        func newLine() {
            output.append(UInt8(ascii: "\n"))
            output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: min(max(depth, 0), 64) * 4))
        }
        var isFresh = false
        for part in parts(of: json) {
            guard output.count <= limit else { return nil }
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
        return output.count <= limit ? String(decoding: output, as: UTF8.self) : nil
    }

    /// Without white space.
    static func compact(_ json: String) -> String {
        String(decoding: parts(of: json).joined(), as: UTF8.self)
    }

    /// Brackets, commas, colons, texts, numbers and words.
    private static func parts(of json: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(json.utf8)
        var parts: [ArraySlice<UInt8>] = []
        var place = 0
        while place < bytes.count {
            let start = place
            switch bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                place += 1
                continue
            case UInt8(ascii: "\""):
                place += 1
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
                }
                place = min(place + 1, bytes.count)
            case let byte where isPunctuation(byte):
                place += 1
            default:
                while place < bytes.count, !isPunctuation(bytes[place]), bytes[place] > UInt8(ascii: " ") { place += 1 }
                place = max(place, start + 1)
            }
            parts.append(bytes[start..<place])
        }
        return parts
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool { "{}[],:\"".utf8.contains(byte) }
}
#endif
