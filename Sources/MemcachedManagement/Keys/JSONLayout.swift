#if Management
import Memcached

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
        for part in JSONParts(json.utf8) {
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
        String(decoding: Array(JSONParts(json.utf8).joined()), as: UTF8.self)
    }
}
#endif
