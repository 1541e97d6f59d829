import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// A client with credentials, from the first attempt to connect to the calls.
@Suite(.fewAtATime) struct AuthenticatedConnectingTests {
    private func fleet(_ configure: (inout ClientConfiguration) -> Void = { _ in }) throws -> Fleet {
        try Fleet {
            var credentials = SASLCredentials(user: "ada", password: "secret")
            credentials.allowsPlainTextWithoutTLS = true
            $0.connection.credentials = credentials
            configure(&$0)
        }
    }

    @Test func `each connection authenticates before anything else is sent, the next one, too`() throws {
        let fleet = try fleet {
            $0.connection.maximumRequestsInFlight = 1
            $0.connection.overloadPolicy = .fail
        }
        defer { fleet.finish() }
        _ = fleet.run()
        for _ in 0..<3 {
            let call = fleet.get("a")
            let wire = try fleet.accept(handshake: false)
            #expect(try wire.answerSASL("PLAIN") == "20")
            #expect(try wire.answerSASL("Authenticated") == "21 PLAIN \0ada\0secret")
            try wire.shakeHands(processID: 1)
            try wire.answer(wire.requests())
            #expect(call.outcome == "value of a")
            fleet.advance(.milliseconds(60))
            try wire.hangUp()
        }
    }

    @Test func `a refusal is every call's error at once, and the server is tried again after pauses only`() throws {
        let fleet = try fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let waiting = fleet.get("a")
        for pause in [50, 100, 200] as [Int64] {
            let wire = try fleet.accept(handshake: false)
            _ = try wire.answerSASL("PLAIN")
            _ = try wire.answerSASL("Auth failure", .authenticationError)
            #expect(!wire.isOpen)
            #expect(waiting.outcome == "authenticationFailed")
            #expect(fleet.get("a").outcome == "authenticationFailed")
            #expect(fleet.set("a").value == "authenticationFailed")
            fleet.advance(.milliseconds(pause) - .milliseconds(1))
            #expect(fleet.transport.count == 0)
            fleet.advance(.milliseconds(2))
            #expect(fleet.transport.count == 1)
        }
        // Somebody has mended the server's database.
        let wire = try fleet.accept(handshake: false)
        _ = try wire.answerSASL("PLAIN")
        _ = try wire.answerSASL("Authenticated")
        try wire.shakeHands(processID: 1)
        let call = fleet.get("a")
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
    }

    @Test func `a server without SASL is not used without authentication`() throws {
        let fleet = try fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.set("a")
        let wire = try fleet.accept(handshake: false)
        _ = try wire.answerSASL("Unknown command", .unknownCommand)
        #expect(call.value == "authenticationFailed")
        #expect(!wire.isOpen)
    }

    @Test func `a server that hangs up on the authentication is not asked again at once`() throws {
        let fleet = try fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get("a")
        let wire = try fleet.accept(handshake: false)
        _ = try wire.answerSASL("PLAIN")
        try wire.hangUp()
        #expect(call.outcome == "connectionFailed")
        #expect(fleet.transport.count == 0)
    }

    @Test func `a server that is silent on the authentication is given up after connectTimeout`() throws {
        let fleet = try fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get("a", timeout: .seconds(9))
        let wire = try fleet.accept(handshake: false)
        _ = try wire.answerSASL("PLAIN")
        fleet.advance(.milliseconds(999))
        #expect(call.outcome == "running")
        fleet.advance(.milliseconds(1))
        #expect(call.outcome == "connectionFailed")
        #expect(!wire.isOpen)
    }
}
