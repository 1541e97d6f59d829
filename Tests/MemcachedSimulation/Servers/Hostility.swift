import Memcached
import MemcachedFraming
import NIOCore

extension SimulatedServer {
    /// What a server that breaks the protocol makes of a reply. A value's own bytes are left alone: nothing would tell.
    ///
    /// What a client can't know for wrong is noted as a lie. All else must be noticed, and changes no outcome but to a failure.
    func mistreat(_ reply: ByteBuffer, link: Int) -> ByteBuffer {
        guard reply.readableBytes >= FrameHeader.length, random.int(in: 1...1000) <= hostility else {
            return reply
        }
        history.count("hostile reply")
        var bytes = ByteBuffer()
        // Where batches are answered, opaques matter most.
        switch Self.opcode(of: reply).isQuiet && random.chance(50) ? 2 : random.int(in: 0...5) {
        case 0:
            // Twice.
            bytes.writeImmutableBuffer(reply)
            bytes.writeImmutableBuffer(reply)
        case 1:
            // Not at all: of a quiet command, that is an answer.
            history.noteLie(link: link, spoilsStream: false)
        case 2:
            bytes.writeImmutableBuffer(reply)
            bytes.setInteger(otherOpaque(of: reply), at: bytes.readerIndex + 12)
        case 3:
            // A reply that nobody asked for, before the right one.
            bytes.writeReply(Reply(opcode: .get, opaque: UInt32(1 << 30), cas: 1, flags: 0))
            bytes.writeImmutableBuffer(reply)
        case 4:
            bytes.writeString("ERROR Too many open connections\r\n")
        default:
            // One of the bytes before the opaque, or of the CAS.
            bytes.writeImmutableBuffer(reply)
            let place = random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 20, 23])
            bytes.setInteger(UInt8(random.int(in: 0...255)), at: bytes.readerIndex + place)
            // The first two are the magic number and the opcode; the body's length is in the last four before the opaque.
            if place > 1 { history.noteLie(link: link, spoilsStream: (8...11).contains(place)) }
        }
        return bytes
    }

    /// An opaque that isn't the reply's own: within a batch, nothing but the opaque tells which key a value is of.
    private func otherOpaque(of reply: ByteBuffer) -> UInt32 {
        let opaque: UInt32 = reply.getInteger(at: reply.readerIndex + 12) ?? 0
        let opcode = Self.opcode(of: reply)
        // Of the commands that come in batches, with the opcode of the others, nothing would give away a neighbour's very own.
        let isInBatch = opcode.isQuiet || opcode == .set
        switch random.int(in: 0...3) {
        case 0 where !isInBatch:
            let distance = UInt32(random.int(in: 1...3))
            let number = OpaqueSpread.number(of: opaque)
            return OpaqueSpread.opaque(of: random.chance(50) ? number &+ distance : number &- distance)
        case 0, 1:
            return random.chance(50) ? opaque &+ 1 : opaque &- 1
        case 2:
            return opaque ^ 1 << UInt32(random.int(in: 0...31))
        default:
            return UInt32(random.int(in: 1 << 24...1 << 30))
        }
    }

    private static func opcode(of reply: ByteBuffer) -> Opcode {
        Opcode(rawValue: reply.getInteger(at: reply.readerIndex + 1) ?? 0)
    }
}
