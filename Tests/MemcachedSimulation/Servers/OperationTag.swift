import MemcachedFraming
import NIOCore

/// How a command tells which operation it belongs to: each carries the operation's number somewhere.
///
/// A value is its key, `|`, and one part for each operation that made it, with `+` in between: a letter and a number. `~` fills.
enum OperationTag {
    static func value(_ key: String, _ letter: Character, _ operation: Int, filler: Int = 0) -> String {
        "\(key)|\(letter)\(operation)\(String(repeating: "~", count: filler))"
    }

    static func part(_ letter: Character, _ operation: Int) -> String {
        "+\(letter)\(operation)"
    }

    /// Each operation's number in a value, oldest first.
    static func operations(in value: String) -> [Int] {
        var numbers: [Int] = []
        var number: Int?
        var isInPart = false
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "|"), UInt8(ascii: "+"):
                if let number { numbers.append(number) }
                number = nil
                isInPart = true
            case UInt8(ascii: "0")...UInt8(ascii: "9") where isInPart:
                number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
            default:
                if let number { numbers.append(number) }
                if number != nil { isInPart = false }
                number = nil
            }
        }
        if let number { numbers.append(number) }
        return numbers
    }

    /// The key that a value was made for; nil for one that was made for none.
    static func key(of value: String) -> Substring? {
        value.firstIndex(of: "|").map { value[..<$0] }
    }

    /// Expirations that lie so far ahead stand for the operation that sets them.
    static let firstExpiration = 100_000

    static func operation(of frame: Frame) -> Int? {
        var extras = frame.extras
        switch frame.header.opcode.loudTwin {
        case .set, .add, .replace, .append, .prepend:
            return operations(in: String(buffer: frame.value)).last
        case .increment, .decrement:
            return extras.readInteger(as: UInt64.self).map { Int(truncatingIfNeeded: $0) }
        case .touch, .getAndTouch:
            return extras.readInteger(as: UInt32.self).map { Int($0) - firstExpiration }
        default:
            return nil
        }
    }
}
