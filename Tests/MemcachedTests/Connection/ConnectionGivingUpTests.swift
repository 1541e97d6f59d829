import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

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
