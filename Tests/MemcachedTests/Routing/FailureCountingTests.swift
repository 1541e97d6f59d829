import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// What counts towards ejection, and how often.
@Suite(.fewAtATime) struct FailureCountingTests {
    private func fleet(_ configure: (inout ClientConfiguration) -> Void = { _ in }) throws -> Fleet {
        let fleet = try Fleet(servers: 2) {
            $0.ejection = ServerEjection(failures: 3, trialInterval: .seconds(2))
            $0.connection.stallTimeout = .seconds(60)
            configure(&$0)
        }
        _ = fleet.run()
        return fleet
    }

    private func isEjected(_ fleet: Fleet) -> Bool {
        fleet.client.cluster.topology.nodes[0].health.isEjected
    }

    @Test func `a lost connection is one failure, however many requests it takes with it`() throws {
        let fleet = try fleet()
        defer { fleet.finish() }
        let (own, _) = (try fleet.accept(), try fleet.accept())
        let key = try fleet.key(on: 0)
        let calls = (0..<10).map { _ in fleet.set(key) }
        fleet.advance(.milliseconds(1))
        #expect(try own.requests().count == 10)
        try own.hangUp()
        #expect(calls.allSatisfy { $0.value == "outcomeUnknown" })
        #expect(!isEjected(fleet))
    }

    @Test func `connections that are lost one after the other count one by one`() throws {
        let fleet = try fleet { $0.maximumBackoff = .milliseconds(50) }
        defer { fleet.finish() }
        var (own, _) = (try fleet.accept(), try fleet.accept())
        let key = try fleet.key(on: 0)
        // An answer begins the count anew, so nothing is answered but the handshakes, which say nothing of requests.
        for loss in 1...3 {
            #expect(!isEjected(fleet))
            fleet.advance(.seconds(1))
            let call = fleet.set(key)
            #expect(try own.requests().count == 1)
            try own.hangUp()
            #expect(call.value == "outcomeUnknown")
            if loss < 3 {
                fleet.settle()
                own = try fleet.accept()
            }
        }
        // A connection that comes up is an answer.
        #expect(!isEjected(fleet))
        for _ in 1...3 {
            try fleet.refuse()
            fleet.advance(.seconds(1))
        }
        #expect(isEjected(fleet))
    }

    @Test func `a server that is ejected again while a trial is due is tried once, not twice`() throws {
        let fleet = try fleet()
        defer { fleet.finish() }
        let (own, _) = (try fleet.accept(), try fleet.accept())
        let key = try fleet.key(on: 0)
        func timeOut() throws {
            let call = fleet.get(key, timeout: .milliseconds(10))
            fleet.advance(.milliseconds(10))
            #expect(call.outcome == "timedOut")
        }
        for _ in 1...3 { try timeOut() }
        #expect(isEjected(fleet))
        // It answers late, and so comes back before its trial; then it is ejected once more.
        let answered = fleet.call { client in
            let node = client.cluster.topology.nodes[0]
            return try? await node.send(.noop, on: node.slots[0], deadline: client.cluster.deadline(after: .seconds(1)))
        }
        try own.answer(own.requests())
        #expect(answered.value??.reply.status == .success)
        #expect(!isEjected(fleet))
        for _ in 1...3 { try timeOut() }
        #expect(isEjected(fleet))
        _ = try own.requests()
        var trials = 0
        for _ in 1...60 {
            fleet.advance(.milliseconds(100))
            trials += try own.requests().count { $0.header.opcode == .noop }
        }
        // At 2 s, and, as each takes a second to fail, at 5 s.
        #expect(trials == 2)
    }
}
