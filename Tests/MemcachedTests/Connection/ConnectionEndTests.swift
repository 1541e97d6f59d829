import MemcachedFraming
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Memcached

@Suite("The end of a connection", .fewAtATime)
struct ConnectionEndTests {
    /// What a hostile or foreign peer may send.
    static let broken: [(what: String, bytes: ByteBuffer, code: MemcachedError.Code, words: String)] = {
        var lying = ByteBuffer()
        lying.writeFrameHeader(
            FrameHeader(
                magic: .reply,
                opcode: .get,
                keyLength: 5,
                extrasLength: 4,
                bodyLength: 3,
                opaque: OpaqueSpread.opaque(of: 1)
            )
        )
        var tooLong = ByteBuffer()
        tooLong.writeFrameHeader(
            FrameHeader(magic: .reply, opcode: .get, bodyLength: .max, opaque: OpaqueSpread.opaque(of: 1))
        )
        var wrongExtras = ByteBuffer()
        wrongExtras.writeReply(Reply(opcode: .get, opaque: OpaqueSpread.opaque(of: 1), flags: nil))
        var wrongOpaque = ByteBuffer()
        wrongOpaque.writeReply(Reply(opcode: .get, opaque: 77, flags: 0))
        var request = ByteBuffer()
        request.writeRequest(.noop, opaque: OpaqueSpread.opaque(of: 1))
        return [
            ("garbage", ByteBuffer(repeating: 0, count: 24), .protocolViolation, "0x0"),
            ("text", ByteBuffer(string: "ERROR\r\n"), .protocolViolation, "-B ascii"),
            (
                "a full server's text", ByteBuffer(string: "ERROR Too many open connections\r\n"),
                .protocolViolation, "(-c)"
            ),
            ("lengths that disagree", lying, .protocolViolation, "claims 4 bytes of extras and 5 of key"),
            ("a claim over the limit", tooLong, .protocolViolation, "claims a body of 4294967295 bytes"),
            ("extras of a wrong length", wrongExtras, .protocolViolation, "0 bytes of extras"),
            ("an opaque that isn't due", wrongOpaque, .protocolViolation, "opaque"),
            ("a request", request, .protocolViolation, "0x80"),
        ]
    }()

    @Test("Broken bytes close it, and every caller learns why exactly once", arguments: 0..<Self.broken.count)
    func brokenBytes(index: Int) throws {
        let broken = Self.broken[index]
        var configuration = ConnectionConfiguration()
        configuration.maximumRequestsInFlight = 4
        let wire = try Wire(configuration: configuration)
        let single = try wire.get("a")
        let batch = wire.sendBatch([try .getQuietly("b"), try .getQuietly("c")])
        let waiting = try wire.get("d")
        try wire.receive(broken.bytes)
        #expect(!wire.isOpen)
        #expect([single.ending, batch.ending] == [.closed(sent: true), .closed(sent: true)], "\(broken.what)")
        #expect(waiting.ending == .closed(sent: false))
        guard case .failure(let failure) = single.value else {
            Issue.record("\(String(describing: single.value))")
            return
        }
        let error = failure.error(server: Wire.server, isMutation: false)
        #expect(error.code == broken.code)
        #expect(error.message.contains(broken.words), "\(error.message)")
        #expect(failure.error(server: Wire.server, isMutation: true).code == .outcomeUnknown)
        // Nothing is taken from it any more, and nothing new goes to it.
        #expect(try wire.get("e").ending == .closed(sent: false))
        wire.finish()
    }

    @Test("When the peer closes in mid-value, no caller gets a truncated value")
    func closedInMidValue() throws {
        let wire = try Wire()
        let call = try wire.get("a")
        var bytes = ByteBuffer()
        bytes.writeReply(Wire.answer(to: try #require(wire.requests().first)))
        let piece = bytes.readSlice(length: bytes.readableBytes - 1)
        try wire.receive(try #require(piece))
        #expect(call.ending == .running)
        try wire.channel.close().wait()
        wire.settle()
        #expect(call.ending == .closed(sent: true))
        wire.finish()
    }

    @Test("A text without a line's end is reported when the peer closes")
    func unfinishedText() throws {
        let wire = try Wire()
        let call = try wire.get("a")
        try wire.receive(ByteBuffer(string: "ERROR"))
        #expect(call.ending == .running)
        try wire.channel.close().wait()
        wire.settle()
        guard case .failure(let failure) = call.value, case .closed(.framing(.text("ERROR"))) = failure.reason else {
            Issue.record("\(String(describing: call.value))")
            return
        }
        wire.finish()
    }

    @Test("An error in the channel closes it, and is the error's cause")
    func channelError() throws {
        let wire = try Wire()
        let call = try wire.get("a")
        wire.channel.pipeline.fireErrorCaught(ChannelError.inputClosed)
        wire.settle()
        #expect(!wire.isOpen)
        guard case .failure(let failure) = call.value else {
            Issue.record("\(String(describing: call.value))")
            return
        }
        #expect(failure.error(server: Wire.server, isMutation: false).cause as? ChannelError == .inputClosed)
        wire.finish()
    }

    @Test("A peer that sends nothing while replies are due is given up after stallTimeout, and not before")
    func stall() throws {
        let wire = try Wire()
        let first = try wire.get("a", timeout: .seconds(60))
        wire.advance(.seconds(4))
        let second = try wire.get("b", timeout: .seconds(60))
        // Half a frame is a sign of life.
        try wire.receive(ByteBuffer(bytes: [0x81, 0, 0]))
        wire.advance(.nanoseconds(4_999_999_999))
        #expect([first.ending, second.ending] == [.running, .running])
        wire.advance(.nanoseconds(1))
        #expect([first.ending, second.ending] == [.closed(sent: true), .closed(sent: true)])
        #expect(!wire.isOpen)
        wire.finish()
    }

    @Test("A reply with a wrong length swallows those that follow, and the connection is given up all the same")
    func swallowing() throws {
        let wire = try Wire()
        let first = try wire.get("a", timeout: .seconds(60))
        var bytes = ByteBuffer()
        bytes.writeReply(
            Reply(
                opcode: .get,
                opaque: OpaqueSpread.opaque(of: 1),
                cas: 7,
                flags: 0,
                value: ByteBuffer(string: "value")
            )
        )
        // The length of the body is now 16 MiB more.
        bytes.setInteger(UInt8(1), at: 8)
        try wire.receive(bytes)
        var later: [Wire.Single] = []
        for _ in 0..<6 {
            later.append(try wire.get("b", timeout: .seconds(60)))
            wire.advance(.seconds(1))
            try wire.reply(
                Reply(
                    opcode: .get,
                    opaque: OpaqueSpread.opaque(of: 2),
                    cas: 7,
                    flags: 0,
                    value: ByteBuffer(string: "value")
                )
            )
        }
        #expect(first.ending == .closed(sent: true))
        for call in later {
            #expect(call.ending == .closed(sent: true) || call.ending == .closed(sent: false))
        }
        #expect(!wire.isOpen)
        wire.finish()
    }

    @Test("A drain sends what is queued, waits for all replies, takes nothing new, and closes")
    func drain() throws {
        var configuration = ConnectionConfiguration()
        configuration.maximumRequestsInFlight = 1
        let wire = try Wire(configuration: configuration)
        let calls = [try wire.get("a"), try wire.get("b")]
        let (connection, deadline) = (wire.connection, wire.loop.now + .seconds(1))
        let drain = Call(on: wire.executor) { await connection.drain(deadline: deadline) }
        wire.settle()
        #expect(try wire.get("c").ending == .closed(sent: false))
        try wire.answer(wire.requests())
        #expect(wire.isOpen && drain.value == nil)
        try wire.answer(wire.requests())
        #expect(calls.map(\.ending) == [.value("value of a"), .value("value of b")])
        #expect(!wire.isOpen && drain.value != nil)
        wire.finish()
    }

    @Test("A drain ends at its deadline, whatever is due")
    func drainDeadline() throws {
        let wire = try Wire()
        let call = try wire.get("a", timeout: .seconds(60))
        let (connection, deadline) = (wire.connection, wire.loop.now + .seconds(1))
        let drain = Call(on: wire.executor) { await connection.drain(deadline: deadline) }
        wire.settle()
        wire.advance(.seconds(1))
        #expect(call.ending == .closed(sent: true))
        #expect(drain.value != nil)
        wire.finish()
    }
}
