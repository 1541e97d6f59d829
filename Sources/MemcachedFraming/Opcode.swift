/// A command's number on the wire.
///
/// Any byte is representable, since a peer may send one that nobody knows; ``shape`` is nil for those.
package struct Opcode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }
}

extension Opcode {
    package static var get: Opcode { Opcode(rawValue: 0x00) }
    package static var set: Opcode { Opcode(rawValue: 0x01) }
    package static var add: Opcode { Opcode(rawValue: 0x02) }
    package static var replace: Opcode { Opcode(rawValue: 0x03) }
    package static var delete: Opcode { Opcode(rawValue: 0x04) }
    package static var increment: Opcode { Opcode(rawValue: 0x05) }
    package static var decrement: Opcode { Opcode(rawValue: 0x06) }
    package static var quit: Opcode { Opcode(rawValue: 0x07) }
    package static var flush: Opcode { Opcode(rawValue: 0x08) }
    package static var getQuietly: Opcode { Opcode(rawValue: 0x09) }
    package static var noop: Opcode { Opcode(rawValue: 0x0A) }
    package static var version: Opcode { Opcode(rawValue: 0x0B) }
    package static var getWithKey: Opcode { Opcode(rawValue: 0x0C) }
    package static var getWithKeyQuietly: Opcode { Opcode(rawValue: 0x0D) }
    package static var append: Opcode { Opcode(rawValue: 0x0E) }
    package static var prepend: Opcode { Opcode(rawValue: 0x0F) }
    package static var stat: Opcode { Opcode(rawValue: 0x10) }
    package static var setQuietly: Opcode { Opcode(rawValue: 0x11) }
    package static var addQuietly: Opcode { Opcode(rawValue: 0x12) }
    package static var replaceQuietly: Opcode { Opcode(rawValue: 0x13) }
    package static var deleteQuietly: Opcode { Opcode(rawValue: 0x14) }
    package static var incrementQuietly: Opcode { Opcode(rawValue: 0x15) }
    package static var decrementQuietly: Opcode { Opcode(rawValue: 0x16) }
    package static var quitQuietly: Opcode { Opcode(rawValue: 0x17) }
    package static var flushQuietly: Opcode { Opcode(rawValue: 0x18) }
    package static var appendQuietly: Opcode { Opcode(rawValue: 0x19) }
    package static var prependQuietly: Opcode { Opcode(rawValue: 0x1A) }
    package static var verbosity: Opcode { Opcode(rawValue: 0x1B) }
    package static var touch: Opcode { Opcode(rawValue: 0x1C) }
    package static var getAndTouch: Opcode { Opcode(rawValue: 0x1D) }
    package static var getAndTouchQuietly: Opcode { Opcode(rawValue: 0x1E) }
    package static var saslListMechanisms: Opcode { Opcode(rawValue: 0x20) }
    package static var saslAuthenticate: Opcode { Opcode(rawValue: 0x21) }
    package static var saslStep: Opcode { Opcode(rawValue: 0x22) }
    package static var getAndTouchWithKey: Opcode { Opcode(rawValue: 0x23) }
    package static var getAndTouchWithKeyQuietly: Opcode { Opcode(rawValue: 0x24) }
    /// Amazon ElastiCache's discovery command; a stock memcached does not know it.
    package static var configGet: Opcode { Opcode(rawValue: 0x60) }
}

extension Opcode {
    /// The command that does the same and answers only what its caller can't infer; nil where the protocol has none.
    package var quietTwin: Opcode? {
        switch rawValue {
        case 0x00: .getQuietly
        case 0x01...0x08: Opcode(rawValue: rawValue + 0x10)
        case 0x0C: .getWithKeyQuietly
        case 0x0E, 0x0F: Opcode(rawValue: rawValue + 0x0B)
        case 0x1D: .getAndTouchQuietly
        case 0x23: .getAndTouchWithKeyQuietly
        default: nil
        }
    }

    /// This command itself, or the loud one whose quiet twin it is.
    package var loudTwin: Opcode {
        switch rawValue {
        case 0x09: .get
        case 0x0D: .getWithKey
        case 0x11...0x18: Opcode(rawValue: rawValue - 0x10)
        case 0x19, 0x1A: Opcode(rawValue: rawValue - 0x0B)
        case 0x1E: .getAndTouch
        case 0x24: .getAndTouchWithKey
        default: self
        }
    }

    package var isQuiet: Bool {
        loudTwin != self
    }
}

extension Opcode: CustomStringConvertible {
    package var description: String {
        let quiet = isQuiet ? "Q" : ""
        let name: String? =
            switch loudTwin {
            case .get: "GET"
            case .getWithKey: "GETK"
            case .set: "SET"
            case .add: "ADD"
            case .replace: "REPLACE"
            case .delete: "DELETE"
            case .increment: "INCREMENT"
            case .decrement: "DECREMENT"
            case .quit: "QUIT"
            case .flush: "FLUSH"
            case .noop: "NOOP"
            case .version: "VERSION"
            case .append: "APPEND"
            case .prepend: "PREPEND"
            case .stat: "STAT"
            case .verbosity: "VERBOSITY"
            case .touch: "TOUCH"
            case .getAndTouch: "GAT"
            case .getAndTouchWithKey: "GATK"
            case .saslListMechanisms: "SASL LIST"
            case .saslAuthenticate: "SASL AUTH"
            case .saslStep: "SASL STEP"
            case .configGet: "CONFIG GET"
            default: nil
            }
        return name.map { $0 + quiet } ?? "opcode 0x" + String(rawValue, radix: 16)
    }
}
