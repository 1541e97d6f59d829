import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct SessionTests {
    /// Commands of every kind, quirks among them, each answered or not in its own way.
    private static let stream: ByteBuffer = {
        var stream = ByteBuffer()
        for frame in [
            store("a", "one", flags: 7, opaque: 1),
            store(.setQuietly, "b", "22", opaque: 2),
            command(.getWithKeyQuietly, "missing", opaque: 3),
            command(.getWithKeyQuietly, "b", opaque: 4),
            command(.append, "a", value: ByteBuffer(string: "+"), opaque: 5),
            count(.decrement, "b", by: 20),
            command(.stat, "settings", opaque: 6),
            command(.touch, "a", extras: [0], value: command(.version, opaque: 7)),
            command(Opcode(rawValue: 0x70), "ab", value: bytes(3), opaque: 8),
            bytes(2),
            command(.set, "a", extras: [0, 0], value: bytes(300), opaque: 9),
            command(.get, "a", opaque: 10),
            command(.quit, opaque: 11),
            command(.noop, opaque: 12),
        ] {
            stream.writeImmutableBuffer(frame)
        }
        return stream
    }()

    private func newClient() -> Conversation {
        // Room for a value of about 250 bytes, so that one of 300 is swallowed.
        Conversation { $0.itemSizeLimit = 320 }
    }

    @Test func `replies are the same wherever the stream is cut`() throws {
        var whole = newClient()
        let expected = try whole.send(Self.stream)
        #expect(whole.outcome == .close)
        #expect(expected.map(\.opaque).filter { $0 != 6 } == [1, 4, 5, 0, 0, 7, 8, 9, 10, 11])
        for cut in 1..<Self.stream.readableBytes {
            var client = newClient()
            let parts = try [(0, cut), (cut, Self.stream.readableBytes - cut)].map {
                try #require(Self.stream.getSlice(at: $0.0, length: $0.1))
            }
            #expect(try client.send(parts[0], parts[1]) == expected, "cut at \(cut)")
        }
    }

    @Test func `replies are the same when the bytes come one by one`() throws {
        var whole = newClient()
        var client = newClient()
        var replies: [Reply] = []
        for byte in Self.stream.readableBytesView {
            replies += try client.send(ByteBuffer(bytes: [byte]))
        }
        #expect(try whole.send(Self.stream) == replies)
    }

    @Test func `no bytes of a client trap, and none outlast a close`() {
        var random = SplitMixGenerator(seed: 11)
        var commands = 0
        for _ in 0..<3_000 {
            var engine = newClient().engine
            var session = Session()
            var replies = ReplyQueue()
            for _ in 0..<20 {
                let opcode = Opcode(rawValue: UInt8.random(in: 0...0x2A, using: &random))
                var frame = command(
                    opcode,
                    ["", "a", "bb"].randomElement(using: &random) ?? "",
                    extras: Array(repeating: 1, count: Int.random(in: 0...6, using: &random)),
                    value: bytes(Int.random(in: 0...9, using: &random)),
                    claimedBody: Bool.random(using: &random) ? nil : UInt32.random(in: 0...40, using: &random)
                )
                // A shape that is right now and then, and a byte that is wrong now and then.
                if Bool.random(using: &random) { frame = store("a", "12") }
                if Int.random(in: 0..<4, using: &random) == 0 {
                    let place = Int.random(in: 0..<frame.readableBytes, using: &random)
                    frame.setInteger(UInt8.random(in: 0...255, using: &random), at: place)
                }
                session.receive(frame)
                let outcome = session.serve(with: &engine, into: &replies, limit: .max)
                commands += 1
                if outcome != .needsBytes {
                    _ = replies.drain()
                    session.receive(command(.noop))
                    #expect(session.serve(with: &engine, into: &replies, limit: .max) == outcome)
                    #expect(replies.isEmpty)
                    break
                }
            }
        }
        #expect(commands > 5_000)
    }

    @Test func `a session pauses at the limit of replies, and goes on from there`() throws {
        var engine = Conversation().engine
        var session = Session()
        var replies = ReplyQueue()
        session.receive(command(.set, "a", extras: [0, 0], value: bytes(1_000)))
        for opaque in 0..<10 {
            session.receive(command(.get, "a", opaque: UInt32(opaque)))
        }
        #expect(session.serve(with: &engine, into: &replies, limit: 3_000) == .paused)
        #expect((3_000..<4_100).contains(replies.bytes))
        var rounds = 1
        while session.serve(with: &engine, into: &replies, limit: 3_000) == .paused {
            _ = replies.drain()
            rounds += 1
        }
        #expect(rounds == 4)
    }

    @Test func `a large value goes out as it lies in the store, not copied`() throws {
        var engine = Conversation().engine
        var session = Session()
        var replies = ReplyQueue()
        session.receive(command(.setQuietly, "a", extras: [0, 0], value: bytes(100_000)))
        session.receive(command(.get, "a"))
        #expect(session.serve(with: &engine, into: &replies, limit: .max) == .needsBytes)
        let segments = replies.drain()
        #expect(segments.map(\.readableBytes) == [28, 100_000])
    }
}
