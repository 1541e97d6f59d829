import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct SessionFaultTests {
    /// A session with an item "a" of the value "one", and a fault.
    private struct Stage {
        var engine = Conversation().engine
        var session = Session()
        var outcome = Session.Outcome.needsBytes
        let fault: FaultScript.ID

        init(_ fault: ServerFault, on commands: ServerCommands = .any) {
            var replies = ReplyQueue()
            session.receive(store("a", "one"))
            _ = session.serve(with: &engine, into: &replies, limit: .max)
            self.fault = engine.faults.add(fault, on: commands, .next(skipping: 0, times: 1))
        }

        /// The bytes that come of commands and a NOOP with the opaque 99.
        mutating func send(_ frames: ByteBuffer...) -> ByteBuffer {
            for frame in frames { session.receive(frame) }
            session.receive(command(.noop, opaque: 99))
            return serve { _, _, _ in }
        }

        mutating func resume() -> ByteBuffer {
            serve { session, engine, replies in session.resume(with: &engine, into: &replies) }
        }

        private mutating func serve(_ first: (inout Session, inout Engine, inout ReplyQueue) -> Void) -> ByteBuffer {
            var replies = ReplyQueue()
            first(&session, &engine, &replies)
            outcome = session.serve(with: &engine, into: &replies, limit: .max)
            #expect(replies.isEmpty || replies.bytes > 0)
            return ByteBuffer(bytes: replies.drain().map { Array($0.readableBytesView) }.joined())
        }

        var count: Int { engine.faults.count(of: fault) }

        mutating func storedText(_ key: String = "a") -> String? {
            engine.find(ByteBuffer(string: key)).map { String(buffer: $0.item.value) }
        }
    }

    private func replies(_ bytes: ByteBuffer) throws -> [Reply] {
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 8 << 20)
        decoder.append(bytes)
        var replies: [Reply] = []
        while let frame = try decoder.next() { replies.append(try Reply(frame)) }
        try decoder.finish()
        return replies
    }

    @Test(arguments: [ServerFault.Hold.delay(.seconds(1)), .stall])
    func `a hold after the execution keeps the reply and all behind it, until it ends`(hold: ServerFault.Hold) throws {
        var stage = Stage(hold == .stall ? .stall() : .delay(.seconds(1)))
        #expect(stage.send(store("a", "two", opaque: 1)).readableBytes == 0)
        #expect(stage.outcome == .paused)
        #expect(stage.session.hold == Session.Hold(fault: stage.fault, kind: hold))
        #expect(stage.storedText() == "two")
        #expect(try replies(stage.resume()).map(\.opaque) == [1, 99])
        #expect(stage.outcome == .needsBytes)
        #expect(stage.session.hold == nil)
        #expect(stage.count == 1)
    }

    @Test(arguments: [ServerFault.delay(.seconds(1), .beforeExecution), .stall(.beforeExecution), .stopReading])
    func `a hold before the execution keeps the command, until it ends`(fault: ServerFault) throws {
        var stage = Stage(fault)
        #expect(stage.send(command(.noop, opaque: 1), store("a", "two", opaque: 2)).readableBytes == 24)
        #expect(stage.outcome == .paused)
        #expect(stage.storedText() == "one")
        #expect(try replies(stage.resume()).map(\.opaque) == [2, 99])
        #expect(stage.storedText() == "two")
    }

    @Test(arguments: [false, true])
    func `a connection is closed at four points`(byReset: Bool) throws {
        let end = byReset ? Session.Outcome.reset : .close
        let set = store("a", "two", opaque: 1)
        var early = Stage(.closeConnection(.beforeExecution, byReset: byReset))
        #expect(early.send(set).readableBytes == 0)
        #expect(early.storedText() == "one")
        var silent = Stage(.closeConnection(.beforeReply, byReset: byReset))
        #expect(silent.send(set).readableBytes == 0)
        #expect(silent.storedText() == "two")
        var broken = Stage(.closeConnection(.midReply, byReset: byReset))
        #expect(broken.send(set).readableBytes == 23)
        #expect(broken.storedText() == "two")
        var late = Stage(.closeConnection(.afterReply, byReset: byReset))
        #expect(try replies(late.send(set)).map(\.opaque) == [1])
        #expect(late.storedText() == "two")
        for stage in [early, silent, broken, late] {
            #expect(stage.outcome == end)
            #expect(stage.count == 1)
        }
    }

    @Test func `a reply with a body breaks off within it`() {
        var stage = Stage(.closeConnection(.midReply))
        // 24 bytes of header, 4 of flags, 3 of value.
        #expect(stage.send(command(.get, "a")).readableBytes == 25)
        var large = Stage(.closeConnection(.midReply), on: .gets)
        #expect(large.send(command(.set, "b", extras: [0, 0], value: bytes(100_000))).readableBytes == 48)
        #expect(large.send(command(.get, "b")).readableBytes == 100_028 / 2)
    }

    @Test func `earlier commands are answered before a connection is closed, later ones aren't carried out`() throws {
        var stage = Stage(.closeConnection(.beforeReply), on: .deletes)
        let bytes = stage.send(command(.get, "a", opaque: 1), command(.delete, "a", opaque: 2), store("b", "1"))
        #expect(try replies(bytes).map(\.opaque) == [1])
        #expect(stage.storedText() == nil)
        #expect(stage.storedText("b") == nil)
    }

    @Test(
        arguments: [
            (.busy, "busy"), (.temporaryFailure, "temporary failure"), (.keyExists, "Data exists for key."),
            (.nonNumericValue, "Non-numeric server-side value for incr or decr"),
            (.init(rawValue: 0x77), "status 0x77"),
        ] as [(ServerFault.Status, String)]
    )
    func `a status takes the command's place, and its value is read past`(
        status: ServerFault.Status,
        text: String
    ) throws {
        for set in [store("a", "two", opaque: 1), store(.setQuietly, "a", "two", opaque: 1)] {
            var stage = Stage(.status(status))
            let all = try replies(stage.send(set))
            #expect(all.map(\.opaque) == [1, 99])
            #expect(all.first?.status.rawValue == status.rawValue)
            #expect(all.first?.text == text)
            #expect(stage.storedText() == "one")
        }
    }

    @Test func `a status after the execution only says that nothing was done`() throws {
        var stage = Stage(.status(.temporaryFailure, .afterExecution))
        #expect(try replies(stage.send(store("a", "two"))).first?.status == .temporaryFailure)
        #expect(stage.storedText() == "two")
    }

    @Test(arguments: [ServerFault.outOfMemory, .status(.valueTooLarge)])
    func `a SET without room takes the old item with it, an APPEND doesn't`(fault: ServerFault) throws {
        var set = Stage(fault)
        _ = set.send(store("a", "two"))
        #expect(set.storedText() == nil)
        var append = Stage(fault)
        _ = append.send(command(.append, "a", value: bytes(1)))
        #expect(append.storedText() == "one")
    }

    @Test func `a miss by a fault is as silent as one of memcached's`() throws {
        var quiet = Stage(.status(.keyNotFound))
        #expect(try replies(quiet.send(command(.getWithKeyQuietly, "a", opaque: 1))).map(\.opaque) == [99])
        #expect(quiet.count == 1)
        var loud = Stage(.status(.keyNotFound))
        #expect(try replies(loud.send(command(.get, "a", opaque: 1))).first?.status == .keyNotFound)
    }

    @Test func `a line of text takes the reply's place`() throws {
        var stage = Stage(.textError("SERVER_ERROR busy"))
        var bytes = stage.send(store("a", "two"))
        #expect(bytes.readString(length: 19) == "SERVER_ERROR busy\r\n")
        #expect(try replies(bytes).map(\.opaque) == [99])
        #expect(stage.storedText() == "one")
    }

    @Test func `each part is garbled by itself`() throws {
        func garbled(_ part: ServerFault.ReplyPart) -> (ByteBuffer, ByteBuffer) {
            var stage = Stage(.garble(part))
            let sound = Stage(.busy, on: .deletes)
            var other = sound
            return (stage.send(command(.get, "a", opaque: 1)), other.send(command(.get, "a", opaque: 1)))
        }
        func changed(_ part: ServerFault.ReplyPart) -> [Int] {
            let (bytes, sound) = garbled(part)
            #expect(bytes.readableBytes == sound.readableBytes)
            return zip(bytes.readableBytesView, sound.readableBytesView).enumerated().filter { $1.0 != $1.1 }.map(
                \.offset
            )
        }
        #expect(changed(.magic) == [0])
        #expect(changed(.opcode) == [1])
        #expect(changed(.lengths) == [2, 3, 11])
        #expect(changed(.value) == [28, 29, 30])
        #expect(throws: FramingError.self) { try replies(garbled(.magic).0) }
        #expect(throws: FramingError.self) { try replies(garbled(.opcode).0) }
        #expect(throws: FramingError.self) { try replies(garbled(.lengths).0) }
        #expect(try replies(garbled(.value).0).first?.keyAndValue == ByteBuffer(bytes: "one".utf8.map { ~$0 }))
    }

    @Test func `a wrong opaque is the next one, or far off`() throws {
        var next = Stage(.wrongOpaque(offset: 1))
        #expect(try replies(next.send(command(.get, "a", opaque: 7))).map(\.opaque) == [8, 99])
        var far = Stage(.wrongOpaque())
        #expect(try replies(far.send(command(.get, "a", opaque: 7))).map(\.opaque) == [7 + 1 << 31, 99])
    }

    @Test func `a command is done once and answered twice`() throws {
        var stage = Stage(.duplicate)
        let all = try replies(stage.send(command(.append, "a", value: bytes(1), opaque: 7)))
        #expect(all.map(\.opaque) == [7, 7, 99])
        #expect(stage.storedText() == "onex")
    }

    @Test func `a fault on one request of a batch leaves the others' replies as they are`() throws {
        var engine = Conversation().engine
        var session = Session()
        var queue = ReplyQueue()
        for name in ["a", "b", "c"] { session.receive(store(.setQuietly, name, name)) }
        _ = session.serve(with: &engine, into: &queue, limit: .max)
        _ = engine.faults.add(.busy, on: .gets, forKey: "b")
        for (opaque, name) in ["a", "b", "c"].enumerated() {
            session.receive(command(.getWithKeyQuietly, name, opaque: UInt32(opaque)))
        }
        session.receive(command(.noop, opaque: 3))
        #expect(session.serve(with: &engine, into: &queue, limit: .max) == .needsBytes)
        let all = try replies(ByteBuffer(bytes: queue.drain().map { Array($0.readableBytesView) }.joined()))
        #expect(all.map(\.opaque) == [0, 1, 2, 3])
        #expect(all.map(\.status) == [.success, .busy, .success, .success])
    }

    @Test func `a stream of statistics counts as one reply`() throws {
        var twice = Stage(.duplicate, on: .stats)
        let all = try replies(twice.send(command(.stat, opaque: 1)))
        let ends = all.filter { $0.opaque == 1 && $0.keyLength == 0 }
        #expect(ends.count == 2)
        #expect(twice.count == 1)
        var broken = Stage(.closeConnection(.midReply), on: .stats)
        #expect(broken.send(command(.stat, opaque: 1)).readableBytes > 200)
        #expect(broken.outcome == .close)
    }

    @Test func `a command that is no command is refused as ever`() throws {
        var stage = Stage(.busy)
        let bytes = stage.send(command(.get, String(repeating: "k", count: 251)))
        #expect(try replies(bytes).map(\.status) == [.invalidArguments])
        #expect(stage.outcome == .close)
        #expect(stage.count == 0)
    }

    @Test func `replies are the same wherever a stream with faults is cut`() throws {
        func course(_ parts: [ByteBuffer]) -> ByteBuffer {
            var engine = Conversation().engine
            _ = engine.faults.add(.busy, on: .sets, .next(skipping: 1, times: 1))
            _ = engine.faults.add(.stopReading, on: .appends)
            _ = engine.faults.add(.stall(), on: .gets)
            _ = engine.faults.add(.textError("NO"), on: .replaces)
            _ = engine.faults.add(.closeConnection(.midReply), on: .deletes)
            var session = Session()
            var replies = ReplyQueue()
            for part in parts {
                session.receive(part)
                while session.serve(with: &engine, into: &replies, limit: .max) == .paused {
                    session.resume(with: &engine, into: &replies)
                }
            }
            return ByteBuffer(bytes: replies.drain().map { Array($0.readableBytesView) }.joined())
        }
        var stream = ByteBuffer()
        for frame in [
            store("a", "one", opaque: 1), store("a", "two", opaque: 2),
            command(.append, "a", value: bytes(3), opaque: 3), command(.get, "a", opaque: 4),
            store(.replace, "a", "three", opaque: 5), command(.delete, "a", opaque: 6),
        ] {
            stream.writeImmutableBuffer(frame)
        }
        let whole = course([stream])
        #expect(whole.readableBytes == 24 + 24 + 4 + 24 + 34 + 4 + 23)
        for cut in 1..<stream.readableBytes {
            let parts = try [(0, cut), (cut, stream.readableBytes - cut)].map {
                try #require(stream.getSlice(at: $0.0, length: $0.1))
            }
            #expect(course(parts) == whole, "cut at \(cut)")
        }
    }
}
