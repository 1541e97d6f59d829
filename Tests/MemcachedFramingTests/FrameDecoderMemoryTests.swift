import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@Suite("The frame decoder's memory", .fewAtATime)
struct FrameDecoderMemoryTests {
    private static let reply = frame(.reply, .get, extras: [0, 0, 0, 0], value: String(repeating: "v", count: 100))

    /// 50,000 replies, in chunks that never end where a frame does.
    private func longStream(_ body: (ByteBuffer, inout FrameDecoder) throws -> Void) rethrows {
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
        var pending = ByteBuffer()
        for _ in 0..<50_000 {
            pending.writeImmutableBuffer(Self.reply)
            while pending.readableBytes > 4_001, let chunk = pending.readSlice(length: 4_001) {
                try body(ByteBuffer(bytes: chunk.readableBytesView), &decoder)
            }
            if pending.readerIndex > 1 << 16 { pending.discardReadBytes() }
        }
    }

    @Test("It does not grow with bytes that were read", arguments: [false, true])
    func bounded(framesAreHeld: Bool) throws {
        var held: Frame?
        var largest = 0
        try longStream { chunk, decoder in
            decoder.append(chunk)
            while let frame = try decoder.next() {
                // A frame's body shows all of the storage that it is a slice of.
                largest = max(largest, frame.body.storageCapacity)
                if framesAreHeld { held = frame }
            }
        }
        #expect(held != nil || !framesAreHeld)
        #expect(largest <= 16_384)
    }

    @Test("It does not grow with a length that was claimed")
    func claimed() throws {
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 30)
        decoder.append(frame(.reply, .get, extras: [0, 0, 0, 0], value: "some", bodyLength: 1 << 30))
        #expect(try decoder.next() == nil)
        decoder.append(ByteBuffer(string: "more"))
        #expect(try decoder.next() == nil)
        #expect(decoder.bufferedBytes == 36)
        #expect(decoder.storageCapacity <= 256)
    }

    @Test("A body of 100 MB in pieces of 64 kB moves to larger storage some dozen times, not with each piece")
    func largeBody() throws {
        let length = 100_000_000
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: length)
        let piece = ByteBuffer(repeating: 7, count: 1 << 16)
        var left = length - 4
        var moves = 0
        decoder.append(frame(.reply, .get, extras: [0, 0, 0, 0], bodyLength: UInt32(length)))
        while left > 0 {
            #expect(try decoder.next() == nil)
            let slice = try #require(piece.getSlice(at: 0, length: min(left, piece.readableBytes)))
            let capacity = decoder.storageCapacity
            decoder.append(slice)
            if decoder.storageCapacity != capacity { moves += 1 }
            left -= slice.readableBytes
        }
        let whole = try #require(try decoder.next())
        #expect(moves < 40)
        #expect(whole.value.readableBytes == length - 4)
        #expect(whole.header.opcode == .get)
    }

    @Test("Frames are slices of what arrived, not copies")
    func slices() throws {
        var chunk = ByteBuffer()
        for _ in 0..<100 { chunk.writeImmutableBuffer(Self.reply) }
        let storage = chunk.withUnsafeReadableBytes { UnsafeRawPointer($0.baseAddress) }
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
        decoder.append(chunk)
        var frames = 0
        while let frame = try decoder.next() {
            let offset = frames * Self.reply.readableBytes + FrameHeader.length + 4
            let value = frame.value.withUnsafeReadableBytes { UnsafeRawPointer($0.baseAddress) }
            #expect(value == storage.map { $0 + offset })
            frames += 1
        }
        #expect(frames == 100)
    }

    @Test("A few bytes in a socket's large buffer don't keep the buffer")
    func sparseChunks() throws {
        var chunk = ByteBuffer()
        chunk.reserveCapacity(1 << 16)
        chunk.writeImmutableBuffer(Self.reply)
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
        decoder.append(chunk)
        let frame = try #require(try decoder.next())
        #expect(frame.value.readableBytes == 100)
        #expect(frame.body.storageCapacity <= 4 * Self.reply.readableBytes)
    }
}
