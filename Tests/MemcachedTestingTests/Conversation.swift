import MemcachedFraming
import NIOCore

@testable import MemcachedTesting

/// One client's connection to an engine, without a socket.
struct Conversation {
    var engine: Engine
    var session = Session()
    private(set) var outcome = Session.Outcome.needsBytes
    private var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 8 << 20)

    init(start: Int64 = 1_800_000_000, _ change: (inout EngineSettings) -> Void = { _ in }) {
        var settings = EngineSettings()
        change(&settings)
        engine = Engine(settings: settings, pid: 4_711, clock: EngineClock(start: start))
    }

    /// Sends bytes, and gives the replies that come of them.
    mutating func send(_ frames: ByteBuffer...) throws -> [Reply] {
        var replies = ReplyQueue()
        for frame in frames {
            session.receive(frame)
            outcome = session.serve(with: &engine, into: &replies, limit: .max)
        }
        for segment in replies.drain() {
            decoder.append(segment)
        }
        var all: [Reply] = []
        while let frame = try decoder.next() {
            all.append(try Reply(frame))
        }
        return all
    }

    /// The one reply to a command.
    mutating func ask(_ frame: ByteBuffer) throws -> Reply {
        let replies = try send(frame)
        guard let reply = replies.first, replies.count == 1 else { throw UnexpectedReplies(replies: replies) }
        return reply
    }

    /// What GET finds, as text.
    mutating func value(of key: String) throws -> String? {
        let reply = try ask(command(.get, key))
        return reply.status == .success ? reply.text : nil
    }

    mutating func wait(seconds: Int64) {
        engine.clock.advance(to: engine.clock.unixTime + seconds)
    }
}

struct UnexpectedReplies: Error {
    var replies: [Reply]
}

extension Reply {
    var text: String { String(buffer: value) }

    /// The number that INCREMENT and DECREMENT answer.
    var number: UInt64? { value.getInteger(at: value.readerIndex) }
}

/// A command's frame, well formed or not.
func command(
    _ opcode: Opcode,
    _ key: String = "",
    extras: [UInt32] = [],
    value: ByteBuffer = ByteBuffer(),
    opaque: UInt32 = 0,
    cas: UInt64 = 0,
    claimedBody: UInt32? = nil
) -> ByteBuffer {
    let body = extras.count * 4 + key.utf8.count + value.readableBytes
    var frame = ByteBuffer()
    frame.writeFrameHeader(
        FrameHeader(
            magic: .request,
            opcode: opcode,
            keyLength: UInt16(key.utf8.count),
            extrasLength: UInt8(extras.count * 4),
            bodyLength: claimedBody ?? UInt32(body),
            opaque: opaque,
            cas: cas
        )
    )
    for word in extras {
        frame.writeInteger(word)
    }
    frame.writeString(key)
    frame.writeImmutableBuffer(value)
    return frame
}

/// SET, ADD or REPLACE.
func store(
    _ opcode: Opcode,
    _ key: String,
    _ value: String,
    flags: UInt32 = 0,
    expiration: UInt32 = 0,
    opaque: UInt32 = 0,
    cas: UInt64 = 0
) -> ByteBuffer {
    command(opcode, key, extras: [flags, expiration], value: ByteBuffer(string: value), opaque: opaque, cas: cas)
}

func store(
    _ key: String,
    _ value: String,
    flags: UInt32 = 0,
    expiration: UInt32 = 0,
    opaque: UInt32 = 0,
    cas: UInt64 = 0
) -> ByteBuffer {
    store(.set, key, value, flags: flags, expiration: expiration, opaque: opaque, cas: cas)
}

/// INCREMENT or DECREMENT.
func count(
    _ opcode: Opcode,
    _ key: String,
    by delta: UInt32,
    initial: UInt32 = 0,
    expiration: UInt32 = 0,
    cas: UInt64 = 0
) -> ByteBuffer {
    command(opcode, key, extras: [0, delta, 0, initial, expiration], cas: cas)
}

func bytes(_ count: Int) -> ByteBuffer {
    ByteBuffer(repeating: UInt8(ascii: "x"), count: count)
}
