import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// A server that refuses to authenticate is up: it is never left out, and its keys' calls tell why they fail.
@Suite(.fewAtATime) struct AuthenticationEjectionTests {
    /// Two servers, of which three failures in a row eject one.
    private func fleet(_ policy: FailurePolicy, credentials: SASLCredentials?) throws -> Fleet {
        let fleet = try Fleet(servers: 2) { configuration in
            configuration.failurePolicy = policy
            configuration.ejection = ServerEjection(failures: 3, trialInterval: .seconds(2))
            configuration.connection.credentials = credentials
        }
        _ = fleet.run()
        return fleet
    }

    @Test(arguments: [FailurePolicy.fail, .nextServer])
    func `a refused password is the error however often it is tried`(policy: FailurePolicy) throws {
        let fleet = try fleet(policy, credentials: SASLCredentials(user: "ada", password: "secret"))
        defer { fleet.finish() }
        try refuse(fleet.accept(handshake: false))
        let other = try fleet.accept(handshake: false)
        #expect(try other.answerSASL("PLAIN") == "20")
        #expect(try other.answerSASL("Authenticated") == "21 PLAIN \0ada\0secret")
        try other.shakeHands(processID: 2)
        try expect(.authenticationFailed, of: fleet, beside: other)
        for _ in 1...5 {
            fleet.advance(.seconds(3))
            try refuse(fleet.accept(handshake: false))
            try expect(.authenticationFailed, of: fleet, beside: other)
        }
    }

    @Test(arguments: [FailurePolicy.fail, .nextServer])
    func `a demand for authentication is the error however often it is tried`(policy: FailurePolicy) throws {
        let fleet = try fleet(policy, credentials: nil)
        defer { fleet.finish() }
        try demandAuthentication(fleet.accept(handshake: false))
        let other = try fleet.accept()
        try expect(.authenticationRequired, of: fleet, beside: other)
        for _ in 1...5 {
            fleet.advance(.seconds(3))
            try demandAuthentication(fleet.accept(handshake: false))
            try expect(.authenticationRequired, of: fleet, beside: other)
        }
    }

    private func refuse(_ wire: Wire) throws {
        #expect(wire.connection.server == .host("cache-1"))
        #expect(try wire.answerSASL("PLAIN") == "20")
        _ = try wire.answerSASL("Auth failure", .authenticationError)
        #expect(!wire.isOpen)
    }

    private func demandAuthentication(_ wire: Wire) throws {
        #expect(wire.connection.server == .host("cache-1"))
        let frame = try #require(try wire.requests().first)
        #expect(frame.header.opcode == .noop)
        try wire.reply(reply(.noop, frame.header.opaque, status: .authenticationError))
        #expect(!wire.isOpen)
    }

    /// Calls for the first server's key fail so, and none goes to the other one.
    private func expect(_ code: MemcachedError.Code, of fleet: Fleet, beside other: Wire) throws {
        let key = try fleet.key(on: 0)
        #expect(!fleet.client.cluster.topology.nodes[0].health.isEjected)
        #expect(fleet.get(key).outcome == "\(code)")
        #expect(fleet.set(key).value == "\(code)")
        #expect(fleet.getMany([key]).value == ["\(code)"])
        #expect(try other.requests().isEmpty)
    }
}
