import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("A client's life", .fewAtATime)
struct ClientLifeTests {
    @Test("It runs once; a second run() throws")
    func twice() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        let first = fleet.run()
        let second = fleet.run()
        #expect(first.value == nil)
        #expect(second.value == "invalidArgument")
    }

    @Test("A shutdown lets replies come that are due; new calls throw clientClosed, and run() returns")
    func shutdown() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.set("a")
        let requests = try wire.requests()
        let first = fleet.call { await $0.shutdown() }
        let second = fleet.call { await $0.shutdown() }
        #expect(fleet.get("b").outcome == "clientClosed")
        #expect(first.value == nil && second.value == nil && run.value == nil)
        try wire.answer(requests)
        #expect(call.value == "stored")
        #expect(!wire.isOpen)
        #expect(first.value != nil && second.value != nil)
        #expect(run.value == "ended")
        #expect(fleet.call { await $0.shutdown() }.value != nil)
    }

    @Test("A shutdown doesn't wait for replies that nobody waits for")
    func shutdownWithTombstones() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.get("a", timeout: .milliseconds(20))
        #expect(try wire.requests().count == 1)
        let shutdown = fleet.call { await $0.shutdown() }
        #expect(shutdown.value == nil)
        fleet.advance(.milliseconds(20))
        #expect(call.outcome == "timedOut")
        #expect(!wire.isOpen)
        #expect(shutdown.value != nil)
        #expect(run.value == "ended")
    }

    @Test("A shutdown ends after shutdownTimeout, whatever is due")
    func shutdownTimeout() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.set("a", timeout: .seconds(60))
        #expect(try wire.requests().count == 1)
        _ = fleet.call { await $0.shutdown() }
        fleet.advance(.milliseconds(4_999))
        #expect(wire.isOpen)
        fleet.advance(.milliseconds(1))
        #expect(call.value == "outcomeUnknown")
        #expect(run.value == "ended")
    }

    @Test("Cancelling run() closes at once, also while a shutdown waits for replies")
    func cancelling() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.get("a")
        #expect(try wire.requests().count == 1)
        let shutdown = fleet.call { await $0.shutdown() }
        #expect(shutdown.value == nil)
        run.cancel()
        fleet.settle()
        #expect(!wire.isOpen)
        #expect(call.outcome == "clientClosed")
        #expect(shutdown.value != nil)
        #expect(run.value == "ended")
    }

    @Test func `shut down while connecting, callers learn of it, and run() returns at once`() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        let call = fleet.get("a")
        #expect(fleet.transport.count == 1)
        let shutdown = fleet.call { await $0.shutdown() }
        #expect(call.outcome == "clientClosed")
        #expect(shutdown.value != nil)
        #expect(run.value == "ended")
        #expect(fleet.transport.count == 0)
    }

    @Test func `cancelled while connecting, callers learn that the client is closed, and run() returns at once`() throws
    {
        let fleet = try Fleet()
        let run = fleet.run()
        let call = fleet.get("a")
        run.cancel()
        fleet.settle()
        #expect(call.outcome == "clientClosed")
        #expect(run.value == "ended")
        #expect(fleet.transport.count == 0)
    }

    @Test func `shut down during the handshake, run() returns at once, and the connection is closed`() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        let call = fleet.get("a")
        let wire = try fleet.accept(handshake: false)
        let shutdown = fleet.call { await $0.shutdown() }
        #expect(call.outcome == "clientClosed")
        #expect(shutdown.value != nil)
        #expect(run.value == "ended")
        #expect(!wire.isOpen)
    }

    @Test func `a connection that comes up in the moment of the shutdown is closed`() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        fleet.settle()
        let attempt = try fleet.transport.next()
        let wire = try Wire(loop: fleet.loop, executor: fleet.executor, configuration: attempt.configuration)
        // The attempt is the test's by now, and doesn't hear of the shutdown.
        let shutdown = fleet.call { await $0.shutdown() }
        #expect(shutdown.value != nil)
        attempt.continuation.resume(returning: .success(wire.connection))
        fleet.settle()
        #expect(!wire.isOpen)
        #expect(run.value == "ended")
    }

    @Test("Cancelled during the handshake, callers learn that the client is closed, not that they were cancelled")
    func cancelledHandshake() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        let call = fleet.get("a")
        let wire = try fleet.accept(handshake: false)
        run.cancel()
        fleet.settle()
        #expect(call.outcome == "clientClosed")
        #expect(fleet.get("b").outcome == "clientClosed")
        #expect(!wire.isOpen)
        #expect(run.value == "ended")
    }

    @Test("Shut down during a pause between two attempts, run() returns at once")
    func duringPause() throws {
        let fleet = try Fleet()
        let run = fleet.run()
        try fleet.refuse()
        let shutdown = fleet.call { await $0.shutdown() }
        #expect(shutdown.value != nil)
        #expect(run.value == "ended")
    }

    @Test("Shut down before run(), callers learn of it, and run() returns at once")
    func beforeRun() throws {
        let fleet = try Fleet()
        let call = fleet.get("a")
        _ = fleet.call { await $0.shutdown() }
        #expect(call.outcome == "clientClosed")
        #expect(fleet.run().value == "ended")
        #expect(fleet.transport.count == 0)
    }
}
