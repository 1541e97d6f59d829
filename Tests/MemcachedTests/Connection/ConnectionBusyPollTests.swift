import MemcachedFraming
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// A connection whose event loop looks for replies before it sleeps.
@Suite(.fewAtATime) struct ConnectionBusyPollTests {
    private func wire(_ probe: RecordingProbe, time: Duration = .microseconds(150)) throws -> Wire {
        var configuration = ConnectionConfiguration()
        configuration.busyPollTime = time
        return try Wire(configuration: configuration, probe: probe)
    }

    /// Requests one after the other, each answered after so long.
    private func call(_ count: Int, on wire: Wire, replyTime: TimeAmount = .microseconds(50)) throws {
        for number in 0..<count {
            let call = try wire.get("\(number)")
            let frames = try wire.requests()
            wire.advance(replyTime)
            try wire.answer(frames)
            #expect(call.ending == .value("value of \(number)"))
        }
    }

    @Test func `it looks for a reply after many that came soon`() throws {
        let probe = RecordingProbe()
        let wire = try wire(probe)
        defer { wire.finish() }
        try call(16, on: wire)
        #expect(probe.looks == 0)
        try call(10, on: wire)
        #expect(probe.looks > 10)
    }

    @Test func `others on the event loop have their turn meanwhile, and the search ends`() throws {
        let probe = RecordingProbe()
        let wire = try wire(probe)
        defer { wire.finish() }
        try call(20, on: wire)
        let before = probe.looks
        let looksAtTurn = NIOLockedValueBox(0)
        wire.loop.assumeIsolated().scheduleTask(in: .microseconds(50)) {
            looksAtTurn.withLockedValue { $0 = probe.looks }
        }
        wire.advance(.microseconds(149))
        #expect(looksAtTurn.withLockedValue { $0 } > before)
        #expect(probe.looks > looksAtTurn.withLockedValue { $0 })
        wire.advance(.microseconds(10))
        let after = probe.looks
        wire.advance(.seconds(1))
        #expect(probe.looks == after)
    }

    @Test func `it looks no longer where something is there to read`() throws {
        let probe = RecordingProbe()
        let wire = try wire(probe)
        defer { wire.finish() }
        try call(20, on: wire)
        wire.advance(.microseconds(10))
        probe.answer = true
        wire.advance(.microseconds(10))
        let looks = probe.looks
        wire.advance(.microseconds(50))
        #expect(probe.looks == looks)
    }

    @Test func `closed, it looks no more`() throws {
        let probe = RecordingProbe()
        let wire = try wire(probe)
        try call(20, on: wire)
        #expect(probe.looks > 0)
        wire.connection.close()
        wire.settle()
        let looks = probe.looks
        wire.advance(.seconds(1))
        #expect(probe.looks == looks)
        wire.finish()
    }

    @Test func `with many requests on the way it does not look`() throws {
        let probe = RecordingProbe()
        let wire = try wire(probe)
        defer { wire.finish() }
        for _ in 0..<100 {
            let calls = try (0..<3).map { try wire.get("\($0)") }
            let frames = try wire.requests()
            wire.advance(.microseconds(50))
            for frame in frames { try wire.answer([frame]) }
            #expect(calls.map(\.ending) == (0..<3).map { .value("value of \($0)") })
        }
        #expect(probe.looks == 0)
    }

    @Test func `a time of 0 switches it off`() throws {
        let probe = RecordingProbe()
        let wire = try wire(probe, time: .zero)
        defer { wire.finish() }
        try call(100, on: wire)
        #expect(probe.looks == 0)
    }
}

/// Counts how often it was asked.
private final class RecordingProbe: ReadinessProbe {
    private let state = NIOLockedValueBox((looks: 0, answer: false))

    var looks: Int { state.withLockedValue { $0.looks } }

    var answer: Bool {
        get { state.withLockedValue { $0.answer } }
        set { state.withLockedValue { $0.answer = newValue } }
    }

    var isReadable: Bool {
        state.withLockedValue {
            $0.looks += 1
            return $0.answer
        }
    }
}
