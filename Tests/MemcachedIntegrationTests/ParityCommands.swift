import MemcachedFraming
import MemcachedTesting
import NIOCore

/// Random commands over few keys, so that they meet each other's items.
struct CommandMix {
    var flushes = true

    func next(_ random: inout SplitMixGenerator, opaque: UInt32) -> ByteBuffer {
        let key = random.pick(["a", "b", "n", "m", "\0\r\n ", String(repeating: "k", count: 250)])
        // Low CAS values, which items of a young server have.
        let cas = random.pick([0, 0, 0, UInt64.random(in: 1...60, using: &random)])
        var frame = ByteBuffer()
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5:
            let opcode: Opcode = random.pick([.get, .getQuietly, .getWithKey, .getWithKeyQuietly])
            frame.writeCommand(opcode, key: key, opaque: opaque, cas: cas)
        case 5..<9:
            let opcode: Opcode = random.pick([.set, .setQuietly, .add, .addQuietly, .replace, .replaceQuietly])
            let extras: [UInt32] = [random.pick([0, 0, 7, .max]), expiration(&random)]
            let value = value(&random, key)
            frame.writeCommand(opcode, extras: extras, key: key, value: value, opaque: opaque, cas: cas)
        case 9..<11:
            let opcode: Opcode = random.pick([.append, .appendQuietly, .prepend, .prependQuietly])
            frame.writeCommand(opcode, key: key, value: value(&random, key), opaque: opaque, cas: cas)
        case 11..<15:
            let opcode: Opcode = random.pick([.increment, .incrementQuietly, .decrement, .decrementQuietly])
            let extras: [UInt32] = [0, random.pick([0, 1, 9, 1_000]), 0, random.pick([0, 99]), expiration(&random)]
            frame.writeCommand(opcode, extras: extras, key: key, opaque: opaque, cas: cas)
        case 15:
            let opcode: Opcode = random.pick([.delete, .deleteQuietly])
            frame.writeCommand(opcode, key: key, opaque: opaque, cas: cas)
        case 16, 17:
            let opcode: Opcode = random.pick([
                .touch, .getAndTouch, .getAndTouchQuietly, .getAndTouchWithKey, .getAndTouchWithKeyQuietly,
            ])
            frame.writeCommand(opcode, extras: [expiration(&random)], key: key, opaque: opaque)
        case 18:
            let opcode: Opcode = random.pick([.noop, .version, .saslListMechanisms, .verbosity, Opcode(rawValue: 0x7F)])
            frame.writeCommand(opcode, opaque: opaque)
        default:
            if flushes, Bool.random(using: &random) {
                let opcode: Opcode = random.pick([.flush, .flushQuietly])
                frame.writeCommand(opcode, opaque: opaque)
            } else {
                let group = random.pick(["bogus", "itemsx", "detail", "detail dump", "reset", "sizes", "conns"])
                frame.writeCommand(.stat, key: group, opaque: opaque)
            }
        }
        return frame
    }

    private func expiration(_ random: inout SplitMixGenerator) -> UInt32 {
        // Nothing that would be over in the course of a test, for its end would be a race.
        random.pick([0, 0, 0, 10_000, 2_592_000, 2_592_001, 4_000_000_000, .max])
    }

    /// Numbers for the most part; no negative and no 64-bit ones, since memcached looks for a minus sign beyond the value's end.
    private func value(_ random: inout SplitMixGenerator, _ key: String) -> ByteBuffer {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ByteBuffer(string: "")
        case 1:
            return ByteBuffer(string: random.pick([" 7", "7 ", "+3", "12abc", "5\0x", "3 x", "18446744073709551616"]))
        case 2: return ByteBuffer(repeating: 0x78, count: Int.random(in: 1...70_000, using: &random))
        case 3:
            // As long as may be without flags, give or take a few bytes.
            let longest = (1 << 20) - 59 - key.utf8.count
            return ByteBuffer(repeating: 0x78, count: longest + Int.random(in: -6...12, using: &random))
        default: return ByteBuffer(string: "\(UInt32.random(in: 0...2_000, using: &random))")
        }
    }
}

extension ByteBuffer {
    mutating func writeCommand(
        _ opcode: Opcode,
        extras: [UInt32] = [],
        key: String = "",
        value: ByteBuffer = ByteBuffer(),
        claimedBody: Int? = nil,
        opaque: UInt32 = 0,
        cas: UInt64 = 0
    ) {
        let body = extras.count * 4 + key.utf8.count + value.readableBytes
        writeFrameHeader(
            FrameHeader(
                magic: .request,
                opcode: opcode,
                keyLength: UInt16(key.utf8.count),
                extrasLength: UInt8(extras.count * 4),
                bodyLength: UInt32(claimedBody ?? body),
                opaque: opaque,
                cas: cas
            )
        )
        for word in extras {
            writeInteger(word)
        }
        writeString(key)
        writeImmutableBuffer(value)
    }

    /// A frame that is more often wrong than right, and claims no more than it brings.
    mutating func writeBrokenFrame(_ random: inout SplitMixGenerator) {
        let key = random.pick(["", "a", "a", String(repeating: "k", count: 251), String(repeating: "k", count: 2_000)])
        let extras = [UInt32](repeating: 0, count: random.pick([0, 0, 1, 2, 5, 6]))
        let value = ByteBuffer(repeating: 0x78, count: random.pick([0, 0, 3]))
        let body = extras.count * 4 + key.utf8.count + value.readableBytes
        writeCommand(
            // STAT's own answers differ from server to server.
            Opcode(rawValue: random.pick((0...0x25).filter { $0 != 0x10 })),
            extras: extras,
            key: key,
            value: value,
            claimedBody: random.pick([body, body, body, Int.random(in: 0...body, using: &random)])
        )
    }
}

extension SplitMixGenerator {
    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &self)]
    }
}
