import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct EjectionTests {
    /// Two servers, both connected; three failures in a row eject one.
    private func fleet(
        _ policy: FailurePolicy,
        configure: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> (fleet: Fleet, own: Wire, other: Wire, key: String) {
        let fleet = try Fleet(servers: 2) { configuration in
            configuration.failurePolicy = policy
            configuration.ejection = ServerEjection(failures: 3, trialInterval: .seconds(2))
            configure(&configuration)
        }
        _ = fleet.run()
        return (fleet, try fleet.accept(), try fleet.accept(), try fleet.key(on: 0))
    }

    /// Calls that get no answer, one after the other.
    private func timeOut(_ count: Int, _ key: String, on wire: Wire, of fleet: Fleet) throws {
        for _ in 0..<count {
            let call = fleet.get(key, timeout: .milliseconds(10))
            #expect(try wire.requests().count == 1)
            fleet.advance(.milliseconds(10))
            #expect(call.outcome == "timedOut")
        }
    }

    @Test func `a server that doesn't answer is left out after that many failures, and returns with its first reply`()
        throws
    {
        let (fleet, own, _, key) = try fleet(.fail)
        defer { fleet.finish() }
        try timeOut(3, key, on: own, of: fleet)
        #expect(fleet.get(key).outcome == "connectionFailed")
        #expect(fleet.getMany([key]).value == ["connectionFailed"])
        #expect(try own.requests().isEmpty)

        fleet.advance(.seconds(2))
        let trial = try own.requests()
        #expect(trial.map(\.header.opcode) == [.noop])
        #expect(fleet.get(key).outcome == "connectionFailed")
        let number = OpaqueSpread.number(of: trial[0].header.opaque)
        for earlier in number - 3...number {
            // What was asked before is answered late.
            let isTrial = earlier == number
            let opaque = OpaqueSpread.opaque(of: earlier)
            try own.reply(Reply(opcode: isTrial ? .noop : .get, opaque: opaque, flags: isTrial ? nil : 0))
        }
        let call = fleet.get(key)
        try own.answer(own.requests())
        #expect(call.outcome == "value of \(key)")
    }

    @Test func `a trial that fails is followed by another one`() throws {
        // The connection stays: a new one would end the ejection by itself.
        let (fleet, own, _, key) = try fleet(.fail) { $0.connection.stallTimeout = .seconds(60) }
        defer { fleet.finish() }
        try timeOut(3, key, on: own, of: fleet)
        fleet.advance(.seconds(2))
        #expect(try own.requests().map(\.header.opcode) == [.noop])
        // It fails after connectTimeout.
        fleet.advance(.seconds(1))
        #expect(try own.requests().isEmpty)
        fleet.advance(.seconds(2))
        #expect(try own.requests().map(\.header.opcode) == [.noop])
        #expect(fleet.get(key).outcome == "connectionFailed")
        #expect(own.isOpen)
    }

    @Test func `any reply begins the count anew`() throws {
        let (fleet, own, _, key) = try fleet(.fail)
        defer { fleet.finish() }
        for _ in 1...3 {
            try timeOut(2, key, on: own, of: fleet)
            let call = fleet.get(key)
            let frame = try #require(try own.requests().last)
            let number = OpaqueSpread.number(of: frame.header.opaque)
            for earlier in number - 2...number {
                let opaque = OpaqueSpread.opaque(of: earlier)
                try own.reply(Reply(opcode: .get, opaque: opaque, flags: 0, value: ByteBuffer(string: "late")))
            }
            #expect(call.outcome == "late")
        }
    }

    @Test func `the calls of a server that is left out go to the next one at once, where asked to`() throws {
        let (fleet, own, other, key) = try fleet(.nextServer)
        defer { fleet.finish() }
        try timeOut(3, key, on: own, of: fleet)
        let call = fleet.get(key)
        let many = fleet.getMany([key])
        #expect(try own.requests().isEmpty)
        try other.answer(other.requests())
        #expect(call.outcome == "value of \(key)")
        #expect(many.value == ["value of \(key)"])
    }

    @Test func `attempts to connect count, and a connection that is up again ends it`() throws {
        let (fleet, own, other, key) = try fleet(.nextServer)
        defer { fleet.finish() }
        fleet.advance(.seconds(6))
        try own.hangUp()
        for _ in 1...3 {
            try fleet.refuse()
            fleet.advance(.seconds(1))
        }
        #expect(fleet.client.cluster.topology.nodes[0].health.isEjected)
        let back = try fleet.accept()
        #expect(!fleet.client.cluster.topology.nodes[0].health.isEjected)
        let call = fleet.get(key)
        try back.answer(back.requests())
        #expect(call.outcome == "value of \(key)")
        #expect(try other.requests().isEmpty)
    }

    @Test func `what a caller does to itself doesn't count`() throws {
        let (fleet, own, _, key) = try fleet(.fail)
        defer { fleet.finish() }
        for _ in 1...5 {
            let cancelled = fleet.get(key)
            fleet.advance(.milliseconds(1))
            #expect(try own.requests().count == 1)
            cancelled.cancel()
            fleet.settle()
            #expect(cancelled.outcome == "cancelled")
            #expect(fleet.get(key, timeout: .zero).outcome == "timedOut")
        }
        #expect(!fleet.client.cluster.topology.nodes[0].health.isEjected)
    }
}
