import MemcachedFraming
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Memcached

/// A caller that finds its connection idle writes to the socket itself.
@Suite(.fewAtATime) struct ConnectionDirectWriteTests {
    /// A connection that has had a reply, and so is idle. Its timer stands at the deadline of that request, 1 s from the beginning.
    private func idleWire(_ writer: RecordingWriter, stallTimeout: Duration = .seconds(60)) throws -> Wire {
        var configuration = ConnectionConfiguration()
        configuration.stallTimeout = stallTimeout
        let wire = try Wire(configuration: configuration, writer: writer)
        let first = try wire.get("first")
        try wire.answer(wire.requests())
        #expect(first.ending == .value("value of first"))
        #expect(writer.bytes.readableBytes == 0)
        return wire
    }

    @Test func `what it writes is answered like all else`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        defer { wire.finish() }
        for number in 0..<3 {
            let call = try wire.get("\(number)")
            #expect(try wire.requests().isEmpty)
            try wire.answer(writer.takeFrames())
            #expect(call.ending == .value("value of \(number)"))
        }
    }

    @Test func `who comes before the reply goes over the loop, behind it`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        defer { wire.finish() }
        let one = try wire.get("one")
        let two = try wire.get("two")
        let frames = try writer.takeFrames() + wire.requests()
        #expect(frames.map { String(buffer: $0.key) } == ["one", "two"])
        try wire.answer(frames)
        #expect(one.ending == .value("value of one"))
        #expect(two.ending == .value("value of two"))
    }

    @Test(arguments: [0, 1, 23, 24, 30, 59])
    func `the loop writes what the socket did not take`(taken: Int) throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        defer { wire.finish() }
        writer.room = taken
        let set = wire.send(try .set("key", ByteBuffer(string: "a value of 24 characters")))
        #expect(writer.bytes.readableBytes == taken)
        let next = try wire.get("next")
        let rest = try #require(try wire.writtenBytes())
        var bytes = writer.bytes
        bytes.writeImmutableBuffer(rest)
        let frames = try [bytes].frames()
        #expect(frames.map { String(buffer: $0.key) } == ["key", "next"])
        #expect(String(buffer: frames[0].value) == "a value of 24 characters")
        try wire.answer(frames)
        #expect(set.value != nil)
        #expect(next.ending == .value("value of next"))
    }

    @Test func `its deadline is kept, though the loop slept when it was written`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        defer { wire.finish() }
        let late = try wire.get("late", timeout: .milliseconds(1_500))
        let frames = try writer.takeFrames()
        wire.advance(.milliseconds(1_499))
        #expect(late.ending == .running)
        wire.advance(.milliseconds(1))
        #expect(late.ending == .timedOut(sent: true))
        // Its reply belongs to nobody, and not to the next one.
        let next = try wire.get("next")
        try wire.answer(frames)
        #expect(next.ending == .running)
        try wire.answer(writer.takeFrames() + wire.requests())
        #expect(next.ending == .value("value of next"))
    }

    @Test func `a caller whose deadline is earlier than what the loop watches goes over the loop`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        defer { wire.finish() }
        let hasty = try wire.get("hasty", timeout: .milliseconds(10))
        #expect(writer.bytes.readableBytes == 0)
        #expect(try wire.requests().count == 1)
        wire.advance(.milliseconds(10))
        #expect(hasty.ending == .timedOut(sent: true))
    }

    @Test func `who is cancelled leaves the connection as it is`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        defer { wire.finish() }
        let call = try wire.get("a")
        call.cancel()
        wire.settle()
        #expect(call.ending == .cancelled(sent: true))
        let next = try wire.get("next")
        try wire.answer(writer.takeFrames() + wire.requests())
        #expect(next.ending == .value("value of next"))
    }

    @Test func `a peer that never answers it has stalled`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer, stallTimeout: .seconds(2))
        let call = try wire.get("a", timeout: .seconds(30))
        #expect(try writer.takeFrames().count == 1)
        wire.advance(.milliseconds(1_999))
        #expect(call.ending == .running)
        wire.advance(.milliseconds(1))
        #expect(call.ending == .closed(sent: true))
        #expect(!wire.isOpen)
        #expect(writer.isClosed)
    }

    @Test func `the connection's end is its end, too`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        let call = try wire.get("a")
        wire.connection.close()
        wire.settle()
        #expect(call.ending == .closed(sent: true))
        #expect(writer.isClosed)
    }

    @Test func `a connection that drains waits for its reply`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        let call = try wire.get("a")
        wire.connection.closeWhenDrained()
        wire.settle()
        #expect(wire.isOpen)
        try wire.answer(writer.takeFrames())
        #expect(call.ending == .value("value of a"))
        #expect(!wire.isOpen)
    }

    @Test func `an idle check that comes while a caller's thread is slow is one check`() throws {
        let writer = RecordingWriter()
        let wire = try idleWire(writer)
        defer { wire.finish() }
        wire.connection.beginIdleChecks()
        _ = try wire.get("second")
        try wire.answer(wire.requests())
        writer.beforeReturn = { [unowned wire, unowned writer] in
            // The reply is there, and then nothing happens for long.
            for frame in (try? writer.takeFrames()) ?? [] {
                var reply = ByteBuffer()
                reply.writeReply(Wire.answer(to: frame))
                _ = try? wire.channel.writeInbound(reply)
            }
            wire.loop.advanceTime(by: .seconds(100))
        }
        let call = try wire.get("a", timeout: .seconds(1_000))
        writer.beforeReturn = nil
        wire.settle()
        #expect(call.ending == .value("value of a"))
        let checks = try wire.requests()
        #expect(checks.map(\.header.opcode) == [.noop, .noop, .noop])
        try wire.answer(checks)
        #expect(wire.isOpen)
    }

    @Test func `nobody writes between the bytes that the channel holds back`() throws {
        let writer = RecordingWriter()
        let wire = try Wire(writer: writer)
        defer { wire.finish() }
        let first = try wire.get("first")
        let frames = try wire.requests()
        // As where a server refuses a value before it has read all of it.
        wire.channel.write(ByteBuffer(string: "the rest"), promise: nil)
        try wire.answer(frames)
        #expect(first.ending == .value("value of first"))
        let next = try wire.get("next")
        #expect(writer.bytes.readableBytes == 0)
        #expect(next.ending == .running)
    }
}

/// Records what is written in place of a socket.
private final class RecordingWriter: DirectWriter {
    private struct State {
        var bytes = ByteBuffer()
        var room = Int.max
        var isClosed = false
    }

    private let state = NIOLockedValueBox(State())
    /// Happens after the bytes were taken. All of it is one thread's.
    nonisolated(unsafe) var beforeReturn: (() -> Void)?

    var bytes: ByteBuffer { state.withLockedValue(\.bytes) }
    var isClosed: Bool { state.withLockedValue(\.isClosed) }
    /// How many bytes it takes.
    var room: Int {
        get { state.withLockedValue(\.room) }
        set { state.withLockedValue { $0.room = newValue } }
    }

    func write(_ segments: [ByteBuffer]) -> [ByteBuffer] {
        defer { beforeReturn?() }
        return state.withLockedValue { state in
            var left: [ByteBuffer] = []
            for var segment in segments {
                let taken = min(state.room, segment.readableBytes)
                state.room -= taken
                if let bytes = segment.readSlice(length: taken) { state.bytes.writeImmutableBuffer(bytes) }
                if segment.readableBytes > 0 { left.append(segment) }
            }
            return left
        }
    }

    func close() { state.withLockedValue { $0.isClosed = true } }

    /// The requests' frames since the last time.
    func takeFrames() throws -> [Frame] {
        let bytes = state.withLockedValue { state in
            defer { state.bytes = ByteBuffer() }
            return state.bytes
        }
        return try [bytes].frames()
    }
}
