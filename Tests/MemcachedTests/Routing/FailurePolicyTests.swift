import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct FailurePolicyTests {
    /// Two servers, of which the first one, that owns the key, can't be reached.
    private func halfDown(_ policy: FailurePolicy) throws -> (fleet: Fleet, key: String, other: Wire) {
        let fleet = try Fleet(servers: 2) { $0.failurePolicy = policy }
        _ = fleet.run()
        try fleet.refuse()
        return (fleet, try fleet.key(on: 0), try fleet.accept())
    }

    @Test func `by default a call fails, and nothing goes to another server`() throws {
        let (fleet, key, other) = try halfDown(.fail)
        defer { fleet.finish() }
        #expect(fleet.get(key).outcome == "connectionFailed")
        #expect(fleet.set(key).value == "connectionFailed")
        #expect(fleet.getMany([key]).value == ["connectionFailed"])
        #expect(try other.requests().isEmpty)
    }

    @Test func `where asked to, reads and writes go to the next server`() throws {
        let (fleet, key, other) = try halfDown(.nextServer)
        defer { fleet.finish() }
        let set = fleet.set(key)
        try other.answer(other.requests())
        #expect(set.value == "stored")
        let get = fleet.get(key)
        try other.answer(other.requests())
        #expect(get.outcome == "value of \(key)")
    }

    @Test func `a batch goes on with the keys of the server that is down`() throws {
        let (fleet, key, other) = try halfDown(.nextServer)
        defer { fleet.finish() }
        let others = try fleet.key(on: 1)
        let call = fleet.getMany([key, others])
        try other.answer(other.requests())
        try other.answer(other.requests())
        #expect(call.value == ["value of \(key)", "value of \(others)"])
    }

    @Test func `a call that waited for a connection goes on when the attempt has failed`() throws {
        let fleet = try Fleet(servers: 2) { $0.failurePolicy = .nextServer }
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get(try fleet.key(on: 0))
        #expect(call.outcome == "running")
        try fleet.refuse()
        let other = try fleet.accept()
        try other.answer(other.requests())
        #expect(call.outcome.hasPrefix("value of"))
    }

    @Test func `a mutation that may have reached its server is never sent to another one`() throws {
        let fleet = try Fleet(servers: 2) { $0.failurePolicy = .nextServer }
        defer { fleet.finish() }
        _ = fleet.run()
        let own = try fleet.accept()
        let other = try fleet.accept()
        fleet.advance(.seconds(1))
        let call = fleet.set(try fleet.key(on: 0))
        #expect(try own.requests().count == 1)
        try own.hangUp()
        #expect(call.value == "outcomeUnknown")
        #expect(try other.requests().isEmpty)
    }

    @Test func `a read whose server has gone twice goes to another one`() throws {
        let fleet = try Fleet(servers: 2) { $0.failurePolicy = .nextServer }
        defer { fleet.finish() }
        _ = fleet.run()
        let own = try fleet.accept()
        let other = try fleet.accept()
        fleet.advance(.seconds(1))
        let call = fleet.get(try fleet.key(on: 0))
        #expect(try own.requests().count == 1)
        try own.hangUp()
        let again = try fleet.accept()
        #expect(try again.requests().count == 1)
        #expect(call.outcome == "running")
        try again.hangUp()
        try other.answer(other.requests())
        #expect(call.outcome.hasPrefix("value of"))
    }

    @Test func `with all servers down the error is that of the key's own`() throws {
        let fleet = try Fleet(servers: 3) { $0.failurePolicy = .nextServer }
        defer { fleet.finish() }
        _ = fleet.run()
        for _ in 1...3 { try fleet.refuse() }
        let call = fleet.get(try fleet.key(on: 1))
        guard case .failure(let error) = call.value else {
            Issue.record("the get came to \(call.outcome)")
            return
        }
        #expect(error.code == .connectionFailed)
        #expect(error.server == .host("cache-2"))
    }

    @Test func `a version of the key's own server is not compared by another one`() throws {
        let fleet = try Fleet(servers: 2) { configuration in
            configuration.failurePolicy = .nextServer
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let own = try fleet.accept()
        let other = try fleet.accept()
        let key = try fleet.key(on: 0)
        let get = fleet.get(key)
        try own.answer(own.requests())
        guard case .success(let item?) = get.value else {
            Issue.record("the get came to \(get.outcome)")
            return
        }
        fleet.advance(.seconds(1))
        try own.hangUp()
        try fleet.refuse()
        let swap = fleet.call { client -> String in
            do throws(MemcachedError) {
                return "\(try await client.compareAndSwap(key, to: ByteBuffer(), expecting: item.version))"
            } catch {
                return "\(error.code)"
            }
        }
        #expect(swap.value == "versionUnusable")
        #expect(try other.requests().isEmpty)
    }

    @Test func `a server that is back has its keys again`() throws {
        let (fleet, key, other) = try halfDown(.nextServer)
        defer { fleet.finish() }
        fleet.advance(.milliseconds(100))
        let own = try fleet.accept()
        let call = fleet.get(key)
        try own.answer(own.requests())
        #expect(call.outcome == "value of \(key)")
        #expect(try other.requests().isEmpty)
    }
}
