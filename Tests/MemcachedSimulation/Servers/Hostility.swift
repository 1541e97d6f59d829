import MemcachedFraming
import NIOCore

extension SimulatedServer {
    /// What a server that breaks the protocol makes of a reply. A value's own bytes are left alone: nothing would tell.
    func mistreat(_ reply: ByteBuffer) -> ByteBuffer {
        guard reply.readableBytes >= FrameHeader.length, random.int(in: 1...1000) <= hostility else {
            return reply
        }
        history.count("hostile reply")
        var bytes = ByteBuffer()
        switch random.int(in: 0...5) {
        case 0:
            // Twice.
            bytes.writeImmutableBuffer(reply)
            bytes.writeImmutableBuffer(reply)
        case 1:
            // Not at all.
            break
        case 2:
            // Another opaque, far from all that are due: within a batch, nothing but the opaque tells which key a value is of.
            bytes.writeImmutableBuffer(reply)
            bytes.setInteger(UInt32(random.int(in: 1 << 24...1 << 30)), at: bytes.readerIndex + 12)
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
        }
        return bytes
    }
}
