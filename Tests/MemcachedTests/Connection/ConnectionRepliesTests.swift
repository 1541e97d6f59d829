import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("Replies on a connection", .fewAtATime)
struct ConnectionRepliesTests {
    /// Begins one call of each kind, and has the server answer all of them, in pieces cut by `cut`.
    private func endings(_ cut: (ByteBuffer) -> [ByteBuffer]) throws -> [Ending] {
        let wire = try Wire()
        defer { wire.finish() }
        let first = try wire.get("a")
        let batch = wire.sendBatch([try .getQuietly("b"), try .getQuietly("miss"), try .getQuietly("c")])
        let statistics = wire.sendStatistics()
        let last = try wire.get("d")
        var bytes = ByteBuffer()
        for frame in try wire.requests() where String(buffer: frame.key) != "miss" {
            if frame.header.opcode == .stat {
                bytes.writeReply(MemcachedTests.reply(.stat, frame.header.opaque, key: "pid", value: "17"))
            }
            bytes.writeReply(Wire.answer(to: frame))
        }
        for piece in cut(bytes) { try wire.receive(piece) }
        return [first.ending, batch.ending, statistics.ending, last.ending]
    }

    @Test("They give the same results, cut at every byte boundary")
    func everyCut() throws {
        let whole = try endings { [$0] }
        #expect(
            whole == [
                .value("value of a"), .value("0=value of b,2=value of c"), .value("6=17"), .value("value of d"),
            ]
        )
        var length = 0
        _ = try endings { bytes in
            length = bytes.readableBytes
            return [bytes]
        }
        for cut in 1..<length {
            let pieces = try endings { bytes in
                var rest = bytes
                return [rest.readSlice(length: cut) ?? ByteBuffer(), rest]
            }
            #expect(pieces == whole, "cut at \(cut)")
        }
        let bytewise = try endings { $0.readableBytesView.map { ByteBuffer(bytes: [$0]) } }
        #expect(bytewise == whole)
    }

    @Test("Many submissions are one write and one flush")
    func coalescing() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let connection = wire.connection
        let deadline = wire.loop.now + .seconds(1)
        let key = try ItemKey("key")
        let calls = (0..<100).map { _ in
            Wire.Single(on: wire.executor) { await connection.send(.get(key), deadline: deadline) }
        }
        #expect(wire.flushCount == 0)
        wire.settle()
        #expect(wire.flushCount == 1)
        let requests = try wire.requests()
        #expect(requests.count == 100)
        try wire.answer(requests)
        #expect(calls.allSatisfy { $0.ending == .value("value of key") })
    }

    @Test("A batch is one write and one flush, its closing NOOP included")
    func batchIsOneWrite() throws {
        let wire = try Wire()
        defer { wire.finish() }
        _ = wire.sendBatch(try (0..<50).map { try .getQuietly("\($0)") })
        #expect(wire.flushCount == 1)
        #expect(try wire.requests().map(\.header.opcode) == Array(repeating: .getQuietly, count: 50) + [.noop])
    }
}

@Suite("Giving up on a connection", .fewAtATime)
struct ConnectionGivingUpTests {
    @Test("A cancelled request returns at once; its late reply is dropped, and its neighbours get their own")
    func cancellation() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let calls = try ["a", "b", "c"].map { try wire.get($0) }
        let requests = try wire.requests()
        calls[1].cancel()
        wire.settle()
        #expect(calls.map(\.ending) == [.running, .cancelled(sent: true), .running])
        try wire.answer(requests)
        #expect(calls.map(\.ending) == [.value("value of a"), .cancelled(sent: true), .value("value of c")])
        #expect(wire.isOpen)
    }

    @Test("A timed-out request returns when its time is over, not earlier; its late reply is dropped")
    func timeout() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let long = try wire.get("a", timeout: .milliseconds(100))
        let short = try wire.get("b", timeout: .milliseconds(20))
        let requests = try wire.requests()
        wire.advance(.nanoseconds(19_999_999))
        #expect(short.ending == .running)
        wire.advance(.nanoseconds(1))
        #expect([long.ending, short.ending] == [.running, .timedOut(sent: true)])
        try wire.answer(requests)
        #expect([long.ending, short.ending] == [.value("value of a"), .timedOut(sent: true)])
        let next = try wire.get("c")
        try wire.answer(wire.requests())
        #expect(next.ending == .value("value of c"))
    }

    @Test("A batch that gives up leaves the stream in step")
    func batch() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let batch = wire.sendBatch([try .getQuietly("a"), try .getQuietly("b")], timeout: .milliseconds(10))
        let next = try wire.get("c")
        let requests = try wire.requests()
        try wire.answer(Array(requests.prefix(1)))
        wire.advance(.milliseconds(10))
        #expect(batch.ending == .timedOut(sent: true))
        try wire.answer(Array(requests.dropFirst()))
        #expect(next.ending == .value("value of c"))
    }

    @Test("What is over before it begins is never sent")
    func pastDeadline() throws {
        let wire = try Wire()
        defer { wire.finish() }
        wire.advance(.seconds(1))
        let late = [try wire.get("a", timeout: .zero), try wire.get("b", timeout: .nanoseconds(-1))]
        #expect(late.map(\.ending) == [.timedOut(sent: false), .timedOut(sent: false)])
        let (connection, deadline) = (wire.connection, wire.loop.now + .seconds(1))
        let cancelled = Wire.Single(on: wire.executor) { await connection.send(.noop, deadline: deadline) }
        cancelled.cancel()
        wire.settle()
        #expect(cancelled.ending == .cancelled(sent: false))
        #expect(try wire.requests().isEmpty)
    }

    @Test("Until its reply comes, a request that was given up keeps its room")
    func tombstonesCount() throws {
        var configuration = ConnectionConfiguration()
        configuration.maximumRequestsInFlight = 1
        let wire = try Wire(configuration: configuration)
        defer { wire.finish() }
        let first = try wire.get("a", timeout: .milliseconds(10))
        let second = try wire.get("b")
        let requests = try wire.requests()
        #expect(requests.count == 1)
        wire.advance(.milliseconds(10))
        #expect(first.ending == .timedOut(sent: true))
        #expect(try wire.requests().isEmpty)
        try wire.answer(requests)
        try wire.answer(wire.requests())
        #expect(second.ending == .value("value of b"))
    }
}
