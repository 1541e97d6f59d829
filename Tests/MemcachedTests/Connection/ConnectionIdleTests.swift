import MemcachedFraming
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Memcached

@Suite("An idle connection", .fewAtATime)
struct ConnectionIdleTests {
    /// A connection whose handshake is done.
    private func usedWire() throws -> Wire {
        let wire = try Wire()
        wire.connection.beginIdleChecks()
        let call = try wire.get("a")
        try wire.answer(wire.requests())
        #expect(call.ending == .value("value of a"))
        return wire
    }

    @Test("It is checked with a NOOP each idleCheckInterval, and stays if that is answered")
    func probe() throws {
        let wire = try usedWire()
        defer { wire.finish() }
        for _ in 0..<3 {
            wire.advance(.nanoseconds(29_999_999_999))
            #expect(try wire.requests().isEmpty)
            wire.advance(.nanoseconds(1))
            let requests = try wire.requests()
            #expect(requests.map(\.header.opcode) == [.noop])
            try wire.answer(requests)
        }
        #expect(wire.isOpen)
    }

    @Test("Nothing is sent of its own accord before the handshake is done: a server may want authentication first")
    func handshake() throws {
        let wire = try Wire()
        defer { wire.finish() }
        wire.advance(.seconds(100))
        #expect(try wire.requests().isEmpty)
        let call = try wire.get("a")
        try wire.answer(wire.requests())
        #expect(call.ending == .value("value of a"))
        wire.advance(.seconds(100))
        #expect(try wire.requests().isEmpty)
        wire.connection.beginIdleChecks()
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
    }

    @Test("A check that isn't answered closes it")
    func lostProbe() throws {
        let wire = try usedWire()
        wire.advance(.seconds(30))
        #expect(try wire.requests().count == 1)
        wire.advance(.seconds(5))
        #expect(!wire.isOpen)
        wire.finish()
    }

    @Test("Traffic puts the check off")
    func traffic() throws {
        let wire = try usedWire()
        defer { wire.finish() }
        wire.advance(.seconds(20))
        let call = try wire.get("a")
        try wire.answer(wire.requests())
        #expect(call.ending == .value("value of a"))
        wire.advance(.seconds(29))
        #expect(try wire.requests().isEmpty)
        wire.advance(.seconds(1))
        #expect(try wire.requests().count == 1)
    }

    @Test("Where nothing is due and still the peer takes nothing, it is closed, and not checked without end")
    func notWritable() throws {
        let wire = try usedWire()
        let call = try wire.get("a")
        let requests = try wire.requests()
        wire.setWritable(false)
        try wire.answer(requests)
        #expect(call.ending == .value("value of a"))
        wire.advance(.seconds(30))
        #expect(!wire.isOpen)
        wire.finish()
    }

    @Test("With a reply due for longer than idleCheckInterval, the loop does not spin")
    func longStallTimeout() throws {
        var configuration = ConnectionConfiguration()
        configuration.idleCheckInterval = .seconds(1)
        configuration.stallTimeout = .seconds(10)
        let wire = try Wire(configuration: configuration)
        let call = try wire.get("a", timeout: .seconds(60))
        #expect(try wire.requests().count == 1)
        // An embedded loop never ends where a timer is set for a time that has passed.
        wire.advance(.nanoseconds(9_999_999_999))
        #expect(call.ending == .running)
        #expect(try wire.requests().isEmpty)
        wire.advance(.nanoseconds(1))
        #expect(call.ending == .closed(sent: true))
        wire.finish()
    }
}
