import MemcachedFraming
import NIOCore

/// A row of the protocol's table of commands, written down apart from the library's own.
struct Command: Sendable, CustomStringConvertible {
    var name: String
    var opcode: UInt8
    var quiet: UInt8?
    /// Lengths of the request's extras.
    var extras: [Int] = [0]
    var key: FrameShape.Presence = .required
    var value: FrameShape.Presence = .forbidden
    var cas = false
    /// Lengths of a successful reply's extras.
    var replyExtras: [Int] = [0]

    var description: String { name }

    var opcodes: [Opcode] {
        [Opcode(rawValue: opcode)] + (quiet.map { [Opcode(rawValue: $0)] } ?? [])
    }

    static let all: [Command] = [
        Command(name: "GET", opcode: 0x00, quiet: 0x09, replyExtras: [4]),
        Command(name: "GETK", opcode: 0x0C, quiet: 0x0D, replyExtras: [4]),
        Command(name: "SET", opcode: 0x01, quiet: 0x11, extras: [8], value: .optional, cas: true),
        Command(name: "ADD", opcode: 0x02, quiet: 0x12, extras: [8], value: .optional),
        Command(name: "REPLACE", opcode: 0x03, quiet: 0x13, extras: [8], value: .optional, cas: true),
        Command(name: "DELETE", opcode: 0x04, quiet: 0x14, cas: true),
        Command(name: "INCREMENT", opcode: 0x05, quiet: 0x15, extras: [20], cas: true),
        Command(name: "DECREMENT", opcode: 0x06, quiet: 0x16, extras: [20], cas: true),
        Command(name: "QUIT", opcode: 0x07, quiet: 0x17, key: .forbidden),
        Command(name: "FLUSH", opcode: 0x08, quiet: 0x18, extras: [0, 4], key: .forbidden),
        Command(name: "NOOP", opcode: 0x0A, key: .forbidden),
        Command(name: "VERSION", opcode: 0x0B, key: .forbidden),
        Command(name: "APPEND", opcode: 0x0E, quiet: 0x19, value: .optional, cas: true),
        Command(name: "PREPEND", opcode: 0x0F, quiet: 0x1A, value: .optional, cas: true),
        Command(name: "STAT", opcode: 0x10, key: .optional),
        Command(name: "VERBOSITY", opcode: 0x1B, extras: [4], key: .forbidden),
        Command(name: "TOUCH", opcode: 0x1C, extras: [4], replyExtras: [0, 4]),
        Command(name: "GAT", opcode: 0x1D, quiet: 0x1E, extras: [4], replyExtras: [4]),
        Command(name: "GATK", opcode: 0x23, quiet: 0x24, extras: [4], replyExtras: [4]),
        Command(name: "SASL LIST", opcode: 0x20, key: .forbidden),
        Command(name: "SASL AUTH", opcode: 0x21, value: .optional),
        Command(name: "SASL STEP", opcode: 0x22, value: .optional),
        Command(name: "CONFIG GET", opcode: 0x60, replyExtras: [4]),
    ]

    /// The command whose loud or quiet form has that opcode.
    static func of(_ opcode: UInt8) -> Command? {
        all.first { $0.opcode == opcode || $0.quiet == opcode }
    }
}

extension Command {
    /// Each request of this command that differs in shape: loud and quiet, every length of extras, with and without what is
    /// optional.
    func requests() throws -> [Request] {
        let keys: [ItemKey?] =
            switch key {
            case .required: [try ItemKey("key"), try ItemKey(bytes: ByteBuffer(repeating: 0, count: 250))]
            case .optional: [nil, try ItemKey("settings")]
            case .forbidden: [nil]
            }
        let values = value == .forbidden ? [ByteBuffer()] : [ByteBuffer(), ByteBuffer(string: "value")]
        var requests: [Request] = []
        for opcode in opcodes {
            for extras in extras.map(requestExtras) {
                for key in keys {
                    for value in values {
                        for cas in cas ? [0, 0x0102_0304_0506_0708] : [0] as [UInt64] {
                            requests.append(
                                try Request(opcode: opcode, key: key, extras: extras, value: value, cas: cas)
                            )
                        }
                    }
                }
            }
        }
        return requests
    }

    private func requestExtras(ofLength length: Int) -> Request.Extras {
        switch (name, length) {
        case (_, 8): .storage(flags: 0xDEAD_BEEF, expiration: 0x0000_0E10)
        case (_, 20): .counter(delta: .max, initial: 0x0102_0304_0506_0708, expiration: 0xFFFF_FFFF)
        case ("FLUSH", 4): .delay(7)
        case ("VERBOSITY", 4): .verbosity(2)
        case (_, 4): .expiration(2_592_001)
        default: .none
        }
    }

    /// Successful replies, loud and quiet, with every length of extras.
    func replies() -> [Reply] {
        opcodes.flatMap { opcode in
            replyExtras.flatMap { length in
                (name.hasSuffix("CREMENT") ? ["12345678"] : ["", "value"]).flatMap { value in
                    (name.hasSuffix("K") ? ["key"] : [""]).map { key in
                        Reply(
                            opcode: opcode,
                            opaque: 0xFACE_CAFE,
                            cas: .max,
                            flags: length == 4 ? 0x8000_0001 : nil,
                            key: ByteBuffer(string: key),
                            value: ByteBuffer(string: value)
                        )
                    }
                }
            }
        }
    }
}
