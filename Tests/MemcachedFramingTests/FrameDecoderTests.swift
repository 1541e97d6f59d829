import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@Suite("The frame decoder", .fewAtATime)
struct FrameDecoderTests {
    /// Every reply of every command, in one stream.
    static let replies: ByteBuffer = {
        var stream = ByteBuffer()
        for command in Command.all {
            for (number, reply) in command.replies().enumerated() {
                var reply = reply
                reply.opaque = UInt32(number)
                stream.writeReply(reply)
            }
        }
        return stream
    }()

    @Test("A stream gives the same frames, cut at every byte boundary")
    func everyCut() {
        let whole = Decoded(Self.replies, expecting: .reply)
        #expect(whole.error == nil)
        #expect(whole.frames.count == Command.all.reduce(0) { $0 + $1.replies().count })
        for cut in 0...Self.replies.readableBytes {
            #expect(Decoded(Self.replies.pieces([cut]), expecting: .reply) == whole)
        }
        let bytewise = Self.replies.pieces(repeatElement(1, count: Self.replies.readableBytes))
        #expect(Decoded(bytewise, expecting: .reply) == whole)
    }

    @Test("A stream gives the same frames in pieces of any length", arguments: 0..<200 as Range<UInt64>)
    func randomPieces(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var lengths: [Int] = []
        while lengths.reduce(0, +) < Self.replies.readableBytes {
            lengths.append(Int.random(in: 0...(seed % 2 == 0 ? 7 : 300), using: &generator))
        }
        let pieces = Self.replies.pieces(lengths)
        #expect(Decoded(pieces, expecting: .reply) == Decoded(Self.replies, expecting: .reply))
    }

    @Test("A broken stream gives the same frames and error, cut at every byte boundary", arguments: BrokenStream.all)
    func broken(broken: BrokenStream) {
        let stream = broken.bytes
        let whole = Decoded(stream, expecting: .reply)
        #expect(whole.error == broken.error)
        for cut in 0...stream.readableBytes {
            #expect(Decoded(stream.pieces([cut]), expecting: .reply) == whole, "cut at \(cut)")
        }
        let bytewise = stream.pieces(repeatElement(1, count: stream.readableBytes))
        #expect(Decoded(bytewise, expecting: .reply) == whole, "byte by byte")
    }

    @Test("After an error, every further call throws the same, whatever arrives")
    func sticky() throws {
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 100)
        decoder.append(ByteBuffer(bytes: [0]))
        #expect(throws: FramingError.badMagic(0)) { try decoder.next() }
        decoder.append(frame(.reply, .noop))
        #expect(throws: FramingError.badMagic(0)) { try decoder.next() }
        #expect(throws: FramingError.badMagic(0)) { try decoder.finish() }
        #expect(decoder.bufferedBytes == 0)
    }

    @Test("A body of the limit is taken, one byte more is not")
    func limit() throws {
        #expect(Decoded(frame(.reply, .noop, value: "1234"), expecting: .reply, limit: 4).frames.count == 1)
        let over = Decoded(frame(.reply, .noop, value: "12345"), expecting: .reply, limit: 4)
        #expect(over.error == .bodyTooLong(.noop, claimed: 5, limit: 4))
    }

    @Test("No limit is larger than a buffer can hold, whatever was asked for")
    func largestLimit() {
        let decoder = FrameDecoder(expecting: .reply, maximumBodyLength: .max)
        #expect(decoder.maximumBodyLength == Request.maximumBodyLength)
        let claim = frame(.reply, .get, bodyLength: .max)
        #expect(
            Decoded(claim, expecting: .reply, limit: .max).error
                == .bodyTooLong(.get, claimed: Int(UInt32.max), limit: Request.maximumBodyLength)
        )
    }

    @Test("Errors say what was seen")
    func descriptions() {
        #expect(FramingError.badMagic(0x15).description.contains("0x15"))
        #expect(FramingError.badMagic(0x15).description.contains("TLS"))
        #expect(!FramingError.badMagic(0x16).description.contains("TLS"))
        #expect(FramingError.text("ERROR Too many open connections").description.contains("Too many open connections"))
        let lengths = FramingError.lengthsDisagree(.get, extras: 4, key: 3, body: 6).description
        #expect(lengths == "GET claims 4 bytes of extras and 3 of key in a body of 6")
        #expect(FramingError.bodyTooLong(.get, claimed: 9, limit: 8).description.contains("9 bytes; the limit is 8"))
        #expect(FramingError.truncated(bytes: 3).description.contains("3 bytes"))
        #expect(FramingError.keyTooLong(bytes: 251).description.contains("251"))
    }
}
