import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// When a connection writes what its callers have queued.
@Suite(.fewAtATime) struct ConnectionWritesTests {
    @Test func `behind three unanswered writes requests wait, and go out together with the next reply`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        var calls = try (1...3).map { try wire.get("\($0)") }
        #expect(wire.flushCount == 3)
        let first = try wire.requests()
        calls += try (4...6).map { try wire.get("\($0)") }
        #expect(try wire.requests().isEmpty)
        #expect(wire.flushCount == 3)
        try wire.answer([first[0]])
        #expect(wire.flushCount == 4)
        let later = try wire.requests()
        #expect(later.map { String(buffer: $0.key) } == ["4", "5", "6"])
        try wire.answer(Array(first.dropFirst()) + later)
        for (number, call) in zip(1..., calls) {
            #expect(call.ending == .value("value of \(number)"))
        }
    }

    @Test func `what waits for an earlier reply keeps its deadline, and is not answered with another's reply`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let calls = try (1...3).map { try wire.get("\($0)") }
        let late = try wire.get("late", timeout: .milliseconds(10))
        let last = try wire.get("last")
        wire.advance(.milliseconds(10))
        // It is encoded, and will be sent.
        #expect(late.ending == .timedOut(sent: true))
        try wire.answer(try wire.requests())
        try wire.answer(try wire.requests())
        #expect(calls.map(\.ending) == (1...3).map { .value("value of \($0)") })
        #expect(last.ending == .value("value of last"))
    }

    @Test func `no request waits for a reply for more than a millisecond, whatever else comes`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let batch = wire.sendBatch(try (0..<50).map { try .getQuietly("\($0)") })
        _ = try (1...2).map { try wire.get("\($0)") }
        let first = try wire.requests()
        let late = try wire.get("late")
        for number in 0..<10 {
            #expect(try wire.requests().isEmpty)
            wire.advance(.microseconds(100))
            try wire.answer([first[number]])
        }
        let held = try wire.requests()
        #expect(held.map { String(buffer: $0.key) } == ["late"])
        try wire.answer(Array(first.dropFirst(10)) + held)
        #expect(late.ending == .value("value of late"))
        #expect(batch.value != nil)
    }

    @Test(arguments: [100, 999, 1_000, 1_001])
    func `a deadline passes while the request waits for a reply`(microseconds: Int) throws {
        let wire = try Wire()
        defer { wire.finish() }
        let calls = try (1...3).map { try wire.get("\($0)") }
        let late = try wire.get("late", timeout: .microseconds(Int64(microseconds)))
        let cancelled = try wire.get("cancelled", timeout: .microseconds(50))
        cancelled.cancel()
        wire.settle()
        wire.advance(.microseconds(Int64(microseconds)) - .nanoseconds(1))
        #expect(late.value == nil)
        wire.advance(.nanoseconds(1))
        #expect(late.ending == .timedOut(sent: true))
        wire.advance(.milliseconds(1))
        try wire.answer(try wire.requests())
        #expect(calls.map(\.ending) == (1...3).map { .value("value of \($0)") })
        #expect(wire.connection.load.requests == 0)
    }

    @Test func `a connection that is asked to end still sends what waits for a reply`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let calls = try (1...5).map { try wire.get("\($0)") }
        wire.connection.closeWhenDrained()
        wire.settle()
        #expect(wire.isOpen)
        for _ in 1...3 { try wire.answer(try wire.requests()) }
        #expect(calls.map(\.ending) == (1...5).map { .value("value of \($0)") })
        #expect(!wire.isOpen)
    }
}
