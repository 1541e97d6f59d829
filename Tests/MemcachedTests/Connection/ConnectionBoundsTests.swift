import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("A connection's bounds", .fewAtATime)
struct ConnectionBoundsTests {
    static func wire(requests: Int = 4096, policy: ConnectionConfiguration.OverloadPolicy = .wait) throws -> Wire {
        var configuration = ConnectionConfiguration()
        configuration.maximumRequestsInFlight = requests
        configuration.overloadPolicy = policy
        return try Wire(configuration: configuration)
    }

    @Test("Past them callers wait, and proceed in order")
    func waiting() throws {
        let wire = try Self.wire(requests: 2)
        defer { wire.finish() }
        let calls = try (0..<7).map { try wire.get("\($0)") }
        var seen: [String] = []
        while true {
            let requests = try wire.requests()
            if requests.isEmpty { break }
            #expect(requests.count <= 2)
            seen += requests.map { String(buffer: $0.key) }
            try wire.answer(requests)
        }
        #expect(seen == ["0", "1", "2", "3", "4", "5", "6"])
        #expect(calls.map(\.ending) == (0..<7).map { .value("value of \($0)") })
    }

    @Test("Who waits is written where the reply before comes inside of a flush, and is answered there")
    func answeredInsideFlushes() throws {
        let wire = try Self.wire(requests: 2)
        defer { wire.finish() }
        wire.setWritable(false)
        let calls = try (0..<9).map { try wire.get("\($0)") }
        wire.answerInsideFlushes()
        wire.setWritable(true)
        #expect(calls.map(\.ending) == (0..<9).map { .value("value of \($0)") })
        #expect(try wire.get("after").ending == .value("value of after"))
        #expect(wire.isOpen)
        #expect(wire.connection.load == .none)
    }

    @Test("Who waits can be cancelled, and times out exactly; neither was sent")
    func givingUpWhileWaiting() throws {
        let wire = try Self.wire(requests: 1)
        defer { wire.finish() }
        let first = try wire.get("a")
        let long = try wire.get("b", timeout: .milliseconds(50))
        let short = try wire.get("c", timeout: .milliseconds(10))
        let cancelled = try wire.get("d")
        let last = try wire.get("e")
        cancelled.cancel()
        wire.settle()
        #expect(cancelled.ending == .cancelled(sent: false))
        wire.advance(.nanoseconds(9_999_999))
        #expect(short.ending == .running)
        wire.advance(.nanoseconds(1))
        #expect(short.ending == .timedOut(sent: false))
        wire.advance(.milliseconds(40))
        #expect(long.ending == .timedOut(sent: false))
        try wire.answer(wire.requests())
        try wire.answer(wire.requests())
        #expect(first.ending == .value("value of a"))
        #expect(last.ending == .value("value of e"))
    }

    @Test("Where the configuration says so, a call fails at once instead")
    func failing() throws {
        let wire = try Self.wire(requests: 1, policy: .fail)
        defer { wire.finish() }
        let first = try wire.get("a")
        let second = try wire.get("b")
        #expect([first.ending, second.ending] == [.running, .overloaded])
        try wire.answer(wire.requests())
        #expect(first.ending == .value("value of a"))
        #expect(try wire.get("c").ending == .running)
    }

    @Test("While the channel isn't writable nothing is written, and deadlines pass exactly all the same")
    func notWritable() throws {
        let wire = try Self.wire()
        defer { wire.finish() }
        wire.setWritable(false)
        let long = try wire.get("a", timeout: .milliseconds(30))
        let short = try wire.get("b", timeout: .milliseconds(10))
        let cancelled = try wire.get("c")
        let patient = try wire.get("d")
        cancelled.cancel()
        wire.settle()
        #expect(cancelled.ending != .running)
        wire.advance(.nanoseconds(9_999_999))
        #expect(short.ending == .running)
        wire.advance(.nanoseconds(1))
        #expect(short.ending == .timedOut(sent: true))
        #expect(long.ending == .running)
        wire.advance(.milliseconds(20))
        #expect(long.ending == .timedOut(sent: true))
        #expect(wire.flushCount == 0)
        wire.setWritable(true)
        try wire.answer(wire.requests())
        #expect(patient.ending == .value("value of d"))
    }

    @Test("While nothing can be written, each of many deadlines passes at its own time")
    func manyDeadlines() throws {
        let wire = try Self.wire()
        defer { wire.finish() }
        wire.setWritable(false)
        let calls = try (1...20).map { try wire.get("\($0)", timeout: .milliseconds(Int64(21 - $0))) }
        for passed in 1...20 {
            wire.advance(.milliseconds(1))
            #expect(calls.filter { $0.ending != .running }.count == passed)
        }
    }
}
