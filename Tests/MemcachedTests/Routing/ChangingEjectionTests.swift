import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// Servers that are left out, and what changes that while the client runs.
@Suite(.fewAtATime) struct ChangingEjectionTests {
    /// A call that gets no answer.
    private func timeOut(on wire: Wire, of fleet: Fleet) throws {
        let slow = fleet.get("key", timeout: .milliseconds(10))
        #expect(try wire.requests().count == 1)
        fleet.advance(.milliseconds(10))
        #expect(slow.outcome == "timedOut")
    }

    @Test func `a server that is left out stays so while its connections are replaced, until it answers`() throws {
        let fleet = try Fleet { $0.ejection = ServerEjection(failures: 1, trialInterval: .seconds(2)) }
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        try timeOut(on: old, of: fleet)
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
        #expect(fleet.get("key").outcome == "connectionFailed")
        let new = try fleet.accept()
        let call = fleet.get("key")
        try new.answer(new.requests())
        #expect(call.outcome == "value of key")
    }

    @Test func `with another limit failures are counted anew, and without one no server is left out`() throws {
        let fleet = try Fleet {
            $0.ejection = ServerEjection(failures: 1, trialInterval: .seconds(2))
            $0.connection.stallTimeout = .seconds(60)
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        try timeOut(on: wire, of: fleet)
        #expect(fleet.get("key").outcome == "connectionFailed")
        try fleet.change { $0.ejection = ServerEjection(failures: 2, trialInterval: .seconds(1)) }
        try timeOut(on: wire, of: fleet)
        try timeOut(on: wire, of: fleet)
        #expect(fleet.get("key").outcome == "connectionFailed")
        // Trials are after the interval as it is now.
        fleet.advance(.seconds(1))
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
        fleet.advance(.seconds(1))
        fleet.advance(.milliseconds(999))
        #expect(try wire.requests().isEmpty)
        fleet.advance(.milliseconds(1))
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
        try fleet.change { $0.ejection = nil }
        for _ in 0..<3 { try timeOut(on: wire, of: fleet) }
    }

    @Test func `a trial that is due is made although the number of connections has changed`() throws {
        let fleet = try Fleet {
            $0.ejection = ServerEjection(failures: 1, trialInterval: .seconds(2))
            $0.connection.stallTimeout = .seconds(60)
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        try fleet.change { $0.connectionsPerServer = 2 }
        let second = try fleet.accept()
        let slow = fleet.getMany((0..<20).map { "key-\($0)" })
        #expect(try wire.requests().count > 1)
        #expect(try second.requests().count > 1)
        fleet.advance(.seconds(2))
        #expect(slow.value?.contains("timedOut") == true)
        #expect(fleet.get("key").outcome == "connectionFailed")
        try fleet.change { $0.connectionsPerServer = 1 }
        fleet.advance(.seconds(2))
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
    }

    @Test func `a trial that is due is made after another interval where that changes`() throws {
        let fleet = try Fleet { $0.ejection = ServerEjection(failures: 1, trialInterval: .seconds(3_600)) }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        try timeOut(on: wire, of: fleet)
        try fleet.change { $0.ejection?.trialInterval = .seconds(1) }
        fleet.advance(.milliseconds(999))
        #expect(try wire.requests().isEmpty)
        fleet.advance(.milliseconds(1))
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
    }
}
