import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("What is sent twice", .fewAtATime)
struct RetryTests {
    @Test("A get whose connection ends is sent once more, on a new one")
    func get() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept()
        fleet.advance(.seconds(1))
        let call = fleet.get("a")
        #expect(try first.requests().count == 1)
        try first.hangUp()
        #expect(call.outcome == "running")
        let second = try fleet.accept()
        try second.answer(second.requests())
        #expect(call.outcome == "value of a")
    }

    @Test("It is not sent a third time")
    func getTwice() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept()
        fleet.advance(.seconds(1))
        let call = fleet.get("a")
        #expect(try first.requests().count == 1)
        try first.hangUp()
        let second = try fleet.accept()
        #expect(try second.requests().count == 1)
        fleet.advance(.milliseconds(100))
        try second.hangUp()
        #expect(call.outcome == "connectionLost")
        let third = try fleet.accept()
        #expect(try third.requests().isEmpty)
    }

    @Test("A mutation that was sent is never repeated: its outcome is unknown")
    func set() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept()
        fleet.advance(.seconds(1))
        let call = fleet.set("a")
        #expect(try first.requests().count == 1)
        try first.hangUp()
        #expect(call.value == "outcomeUnknown")
        let second = try fleet.accept()
        #expect(try second.requests().isEmpty)
    }

    @Test("A mutation that was not written yet moves to the new connection")
    func unsent() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept()
        fleet.advance(.seconds(1))
        first.setWritable(false)
        let call = fleet.set("a")
        try first.hangUp()
        #expect(call.value == nil)
        let second = try fleet.accept()
        try second.answer(second.requests())
        #expect(call.value == "stored")
    }

    @Test("A get of which the peer broke the protocol is not repeated")
    func brokenProtocol() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.get("a")
        try wire.receive(ByteBuffer(string: "SERVER_ERROR\r\n"))
        #expect(call.outcome == "protocolViolation")
    }

    @Test("Timed out, a get says so, and a set says that its outcome is unknown")
    func timeouts() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let get = fleet.get("a", timeout: .milliseconds(10))
        let set = fleet.set("b", timeout: .milliseconds(10))
        let late = fleet.set("c", timeout: .zero)
        #expect(late.value == "timedOut")
        fleet.advance(.milliseconds(10))
        #expect(get.outcome == "timedOut")
        #expect(set.value == "outcomeUnknown")
        #expect(try wire.requests().count == 2)
    }

    @Test("A compare-and-swap with a version from before a restart throws, also when it moves to the new process")
    func restart() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept(processID: 1)
        fleet.advance(.seconds(1))
        let get = fleet.get("a")
        try first.answer(first.requests())
        let version = try #require(try get.value?.get()?.version)
        first.setWritable(false)
        let swap = fleet.call { client in
            do throws(MemcachedError) {
                return "\(try await client.compareAndSwap("a", to: ByteBuffer(), expecting: version))"
            } catch {
                return "\(error.code)"
            }
        }
        try first.hangUp()
        let second = try fleet.accept(processID: 2)
        #expect(swap.value == "versionUnusable")
        #expect(try second.requests().isEmpty)
    }

    @Test("A value that can't fit is refused before it is sent")
    func tooLarge() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        #expect(fleet.set("a", String(repeating: "x", count: 2048 - 48 - 8 - 2 - 2 + 1)).value == "valueTooLarge")
        #expect(try wire.requests().isEmpty)
        let fitting = fleet.set("a", String(repeating: "x", count: 2048 - 48 - 8 - 2 - 2))
        try wire.answer(wire.requests())
        #expect(fitting.value == "stored")
    }
}
