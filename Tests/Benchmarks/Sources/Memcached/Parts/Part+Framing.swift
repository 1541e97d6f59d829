import MemcachedFraming
import NIOCore

extension Part {
    static let framing: [Part] = [
        Part("encode-get") { count in encode(.get(try ItemKey("key:0000001")), count) },
        Part("encode-set") { count in
            let value = ByteBuffer(repeating: 1, count: 100)
            encode(try .store(.set, ItemKey("key:0000001"), value: value, flags: 0, expiration: 0), count)
        },
        Part("decode-hit") { count in
            var frame = ByteBuffer()
            let value = ByteBuffer(repeating: 1, count: 100)
            frame.writeReply(Reply(opcode: .get, opaque: 1, cas: 7, flags: 0, value: value))
            var stream = ByteBuffer()
            for _ in 0..<64 { stream.writeImmutableBuffer(frame) }
            var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
            for _ in 0..<count / 64 {
                decoder.append(stream)
                while let frame = try decoder.next() { keep(try Reply(frame)) }
            }
        },
    ]

    private static func encode(_ request: Request, _ count: Int) {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(256)
        for number in 0..<count {
            buffer.clear()
            buffer.writeRequest(request, opaque: UInt32(truncatingIfNeeded: number))
            keep(buffer)
        }
    }
}
