import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@Suite("Frames recorded from memcached 1.6.18", .fewAtATime)
struct GoldenFrameTests {
    /// The commands that a stock memcached can't answer with success, and those with nothing to say.
    private static let neverSucceeding: Set<Opcode> = [.verbosity, .configGet]

    @Test("Every reply is read, and written again byte for byte")
    func replies() throws {
        var seen = 0
        for (claim, bytes) in try GoldenFixture.lines(\.server) where bytes.readableBytesView.first == 0x81 {
            let decoded = Decoded(bytes, expecting: .reply)
            #expect(decoded.error == nil, "\(claim)")
            let frame = try #require(decoded.frames.first, "\(claim)")
            var written = ByteBuffer()
            written.writeReply(try Reply(frame))
            #expect(written == bytes, "\(claim)")
            seen += 1
        }
        #expect(seen > 100)
    }

    @Test("Every request that was well formed is read, and written again byte for byte")
    func requests() throws {
        var seen = 0
        for (claim, bytes) in try GoldenFixture.lines(\.client) where bytes.readableBytesView.first == 0x80 {
            let decoded = Decoded(bytes, expecting: .request)
            guard let frame = decoded.frames.first, let request = try? Request(frame) else { continue }
            // The server ignores the data type and the vbucket; nothing else is lost.
            var expected = bytes
            expected.setInteger(UInt8(0), at: bytes.readerIndex + 5)
            expected.setInteger(UInt16(0), at: bytes.readerIndex + 6)
            var written = ByteBuffer()
            written.writeRequest(request, opaque: frame.header.opaque)
            #expect(written == expected, "\(claim)")
            seen += 1
        }
        #expect(seen > 150)
    }

    @Test("Every frame that the server refused or lost its place over is refused when it is read")
    func refused() throws {
        var refused: [String: FramingError] = [:]
        for (claim, bytes) in try GoldenFixture.lines(\.client) {
            let decoded = Decoded(bytes, expecting: .request)
            do throws(FramingError) {
                if let error = decoded.error { throw error }
                for frame in decoded.frames { _ = try Request(frame) }
            } catch {
                refused[claim] = error
            }
        }
        let expected: [(String, FramingError)] = [
            (
                "A bad magic on a binary connection closes it, and nothing is said",
                .text(String(repeating: "B", count: 24))
            ),
            ("Key and extras longer than the body", .lengthsDisagree(.get, extras: 0, key: 3, body: 2)),
            ("Extras on GET", .wrongExtras(.get, length: 4)),
            ("Too few extras on SET", .wrongExtras(.set, length: 4)),
            ("No extras on INCREMENT", .wrongExtras(.increment, length: 0)),
            ("A value on GET", .valueNotTaken(.get)),
            ("A value on DELETE", .valueNotTaken(.delete)),
            ("A body on NOOP", .valueNotTaken(.noop)),
            ("An empty key", .keyMissing(.get)),
            ("A key of 251 bytes", .keyTooLong(bytes: 251)),
            ("A key of 20,000 bytes", .keyTooLong(bytes: 20_000)),
            ("A value on TOUCH", .valueNotTaken(.touch)),
            ("An unknown opcode with an empty body", .unknownOpcode(Opcode(rawValue: 0x7F))),
        ]
        for (claim, error) in expected {
            #expect(refused.first { $0.key.hasPrefix(claim) }?.value == error, "\(claim)")
        }
    }

    @Test("Text instead of a frame is told by its words")
    func text() throws {
        let texts = try GoldenFixture.lines(\.server).filter { $0.bytes.readableBytesView.first != 0x81 }
            .map { Decoded($0.bytes, expecting: .reply).error }
        #expect(Set(texts) == [.text("ERROR"), .text("ERROR Too many open connections")])
    }

    @Test("Every command was recorded, and its success where a stock server has one")
    func commands() throws {
        let requests = try GoldenFixture.lines(\.client).compactMap {
            Decoded($0.bytes, expecting: .request).frames.first
        }
        #expect(Set(requests.map(\.header.opcode)).isSuperset(of: Opcode.all))

        let replies = try self.recordedReplies().filter { $0.status == .success }.map(\.opcode)
        let loud = Opcode.all.filter { !$0.isQuiet && !Self.neverSucceeding.contains($0) }
        #expect(Set(replies).isSuperset(of: loud))
    }

    @Test("Every status that 1.6.18 can be brought to send was recorded")
    func statuses() throws {
        let statuses = Set(try recordedReplies().map(\.status.rawValue))
        #expect(statuses == [0, 1, 2, 3, 4, 5, 6, 0x20, 0x21, 0x81, 0x82])
    }

    @Test("What a connection received gives the same frames or error, cut at every byte boundary")
    func everyCut() throws {
        let lines = try GoldenFixture.lines(\.server)
        for (claim, lines) in Dictionary(grouping: lines, by: \.claim) {
            var stream = ByteBuffer()
            for (_, bytes) in lines { stream.writeImmutableBuffer(bytes) }
            let whole = Decoded(stream, expecting: .reply)
            #expect(whole.frames.count == lines.count || whole.error != nil, "\(claim)")
            for cut in 0...stream.readableBytes {
                #expect(Decoded(stream.pieces([cut]), expecting: .reply) == whole, "\(claim), cut at \(cut)")
            }
        }
    }

    private func recordedReplies() throws -> [Reply] {
        try GoldenFixture.lines(\.server)
            .compactMap { Decoded($0.bytes, expecting: .reply).frames.first }
            .map { try Reply($0) }
    }
}
