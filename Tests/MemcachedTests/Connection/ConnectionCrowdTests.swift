import MemcachedFraming
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Memcached

/// Ten thousand callers on one connection with room for a thousand, to a server that doesn't answer.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct ConnectionCrowdTests {
    private static let callers = 10_000
    private static let limits = (requests: 1_000, bytes: 100_000)

    private static func wire() throws -> Wire {
        var configuration = ConnectionConfiguration()
        configuration.maximumRequestsInFlight = limits.requests
        configuration.maximumBytesInFlight = limits.bytes
        configuration.stallTimeout = .seconds(600)
        return try Wire(configuration: configuration)
    }

    /// What was written is answered, and then a call proceeds as ever: nobody has left anything behind.
    private func expectSound(_ wire: Wire, writing frames: [Frame]) throws {
        #expect(wire.connection.peakLoad.requests == Self.limits.requests)
        #expect(wire.connection.peakLoad.bytes <= Self.limits.bytes)
        try wire.answer(frames)
        #expect(wire.connection.load.requests == 0)
        #expect(wire.connection.load.bytes == 0)
        #expect(wire.connection.load.waiting == 0)
        let next = try wire.get("next")
        try wire.answer(wire.requests())
        #expect(next.ending == .value("value of next"))
    }

    @Test func `all are cancelled at once, and what was written is all that is written`() throws {
        let wire = try Self.wire()
        defer { wire.finish() }
        let calls = try (0..<Self.callers).map { try wire.get("\($0)", timeout: .seconds(60)) }
        // Until now most waited for a reply, to be written together.
        wire.advance(.milliseconds(1))
        let frames = try wire.requests()
        #expect(frames.count == Self.limits.requests)
        for call in calls.reversed() { call.cancel() }
        wire.settle()
        #expect(calls.prefix(Self.limits.requests).allSatisfy { $0.ending == .cancelled(sent: true) })
        #expect(calls.dropFirst(Self.limits.requests).allSatisfy { $0.ending == .cancelled(sent: false) })
        try expectSound(wire, writing: frames)
    }

    @Test func `each has a deadline of its own, the last one the earliest, and each passes exactly`() throws {
        let wire = try Self.wire()
        defer { wire.finish() }
        let start = wire.loop.now
        let calls = try (0..<Self.callers).map { number in
            try wire.get("\(number)", timeout: .microseconds(Int64(Self.callers - number)))
        }
        #expect(wire.loop.now == start)
        for passed in 1...Self.callers {
            let (last, next) = (
                calls[Self.callers - passed], passed < Self.callers ? calls[Self.callers - passed - 1] : nil
            )
            wire.advance(.nanoseconds(999))
            #expect(last.value == nil)
            wire.advance(.nanoseconds(1))
            #expect(last.value != nil && next?.ending ?? .running == .running)
        }
        #expect(calls.prefix(Self.limits.requests).allSatisfy { $0.ending == .timedOut(sent: true) })
        #expect(calls.dropFirst(Self.limits.requests).allSatisfy { $0.ending == .timedOut(sent: false) })
        try expectSound(wire, writing: wire.requests())
    }

    @Test func `all have the same deadline, and it passes for all of them at once`() throws {
        let wire = try Self.wire()
        defer { wire.finish() }
        let calls = try (0..<Self.callers).map { try wire.get("\($0)", timeout: .milliseconds(10)) }
        wire.advance(.nanoseconds(9_999_999))
        #expect(calls.allSatisfy { $0.ending == .running })
        wire.advance(.nanoseconds(1))
        #expect(calls.allSatisfy { $0.ending == .timedOut(sent: true) || $0.ending == .timedOut(sent: false) })
        try expectSound(wire, writing: wire.requests())
    }
}
