import NIOCore

/// How deep a JSON document nests, told without recursion.
enum JSONNesting {
    /// The levels at which Foundation's decoder gives up. It says only that the JSON is invalid, hence this second
    /// look.
    static let limit = 512

    /// The greatest number of arrays and objects open at once, at most one more than the limit.
    static func depth(of bytes: ByteBuffer) -> Int {
        var depth = 0
        var deepest = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes.readableBytesView {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                deepest = max(deepest, depth)
                if deepest > limit { return deepest }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return deepest
    }
}
