import MemcachedFraming
import NIOCore
import TestSupport
import Testing

/// Each of these tests fails by trapping.
@Suite("Bytes of a hostile peer", .fewAtATime)
struct HostileBytesTests {
    @Test("Random bytes behind a magic give frames or an error", arguments: [FrameHeader.Magic.request, .reply])
    func randomBytes(magic: FrameHeader.Magic) throws {
        var generator = SeededGenerator(seed: 1)
        var frames = 0
        var errors = Set<String>()
        for _ in 0..<50_000 {
            let length = Int.random(in: 0...64, using: &generator)
            var bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            if !bytes.isEmpty { bytes[0] = magic.rawValue }
            // Small lengths, so that a good part of the frames are whole.
            for index in [2, 4, 6, 7, 8, 9, 10] where index < bytes.count { bytes[index] = 0 }
            for index in [3, 11] where index < bytes.count { bytes[index] &= 0x1F }
            let decoded = Decoded(ByteBuffer(bytes: bytes), expecting: magic)
            frames += decoded.frames.count
            decoded.frames.forEach { read($0, as: magic, errors: &errors) }
        }
        #expect(frames > 1_000)
        #expect(errors.isSuperset(of: ["wrongExtras", "unknownOpcode"]))
    }

    @Test("A frame of every opcode, with every length spoiled, gives a message or an error")
    func spoiledLengths() throws {
        var generator = SeededGenerator(seed: 2)
        let filling = ByteBuffer(repeating: 0xFF, count: 70_000)
        var errors = Set<String>()
        for opcode in UInt8.min...UInt8.max {
            for _ in 0..<100 {
                let magic: FrameHeader.Magic = Bool.random(using: &generator) ? .request : .reply
                var bytes = ByteBuffer()
                bytes.writeFrameHeader(
                    FrameHeader(
                        magic: magic,
                        opcode: Opcode(rawValue: opcode),
                        keyLength: .random(in: 0...(Bool.random(using: &generator) ? 4 : .max), using: &generator),
                        extrasLength: .random(in: 0...(Bool.random(using: &generator) ? 24 : .max), using: &generator),
                        statusOrVBucket: .random(in: 0...2, using: &generator),
                        bodyLength: .random(
                            in: 0...(Bool.random(using: &generator) ? 70_000 : .max),
                            using: &generator
                        ),
                        opaque: 0,
                        cas: 1
                    )
                )
                bytes.writeImmutableBuffer(filling)
                var decoder = FrameDecoder(expecting: magic, maximumBodyLength: 1 << 20)
                decoder.append(bytes)
                do throws(FramingError) {
                    if let frame = try decoder.next() { read(frame, as: magic, errors: &errors) }
                } catch {
                    errors.insert(name(error))
                }
            }
        }
        let expected: Set = ["wrongExtras", "unknownOpcode", "valueNotTaken", "lengthsDisagree", "bodyTooLong"]
        #expect(errors.isSuperset(of: expected))
    }

    @Test("A frame whose header lies about its body, made by hand, has empty parts")
    func lyingFrame() {
        let header = FrameHeader(magic: .reply, opcode: .get, keyLength: .max, extrasLength: 4, opaque: 0)
        let lying = Frame(header: header, body: ByteBuffer())
        #expect(lying.extras.readableBytes == 0)
        #expect(lying.key.readableBytes == 0)
        #expect(lying.value.readableBytes == 0)
    }

    /// Reads all that a frame has, and notes the error's name.
    private func read(_ frame: Frame, as magic: FrameHeader.Magic, errors: inout Set<String>) {
        _ = (frame.extras, frame.key, frame.value, "\(frame.header.opcode)")
        do throws(FramingError) {
            switch magic {
            case .request:
                let request = try Request(frame)
                var bytes = ByteBuffer()
                bytes.writeRequest(request, opaque: frame.header.opaque)
                #expect(bytes.readableBytes == FrameHeader.length + frame.body.readableBytes)
            case .reply:
                let reply = try Reply(frame)
                _ = (reply.key, reply.value, "\(reply.status)")
            }
        } catch {
            errors.insert(name(error))
        }
    }

    private func name(_ error: FramingError) -> String {
        switch error {
        case .wrongExtras: "wrongExtras"
        case .unknownOpcode: "unknownOpcode"
        case .valueNotTaken: "valueNotTaken"
        case .keyTooLong: "keyTooLong"
        case .lengthsDisagree: "lengthsDisagree"
        case .bodyTooLong: "bodyTooLong"
        default: error.description
        }
    }
}
