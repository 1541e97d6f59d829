#if TLS
import NIOCore
import NIOEmbedded
import NIOSSL
import TestSupport
import Testing

@testable import Memcached

/// What a handshake tells another machine that offers nothing but PLAIN.
@Suite(.fewAtATime) struct EncryptedAuthenticationTests {
    /// Begins a handshake; "ready" when it is done, or its error's code.
    private func shakeHands(on wire: Wire, tls: TLSOptions?) throws -> Call<String> {
        wire.channel.remoteAddress = try SocketAddress(ipAddress: "10.0.0.1", port: 11211)
        var configuration = ConnectionConfiguration()
        configuration.credentials = SASLCredentials(user: "tim", password: "tanstaaftanstaaf")
        configuration.tls = tls
        let (connection, deadline) = (wire.connection, wire.loop.now + .seconds(1))
        let call = Call<String>(on: wire.executor) { [configuration] in
            do throws(HandshakeFailure) {
                _ = try await connection.perform(.noop, configuration: configuration, deadline: deadline)
                return "ready"
            } catch {
                return "\(error.error(server: Wire.server).code)"
            }
        }
        wire.settle()
        return call
    }

    private func expectRefusal(_ tls: TLSOptions?) throws {
        let wire = try Wire()
        defer { wire.finish() }
        let call = try shakeHands(on: wire, tls: tls)
        #expect(try wire.answerSASL("PLAIN") == "20")
        #expect(call.value == "authenticationFailed")
        #expect(try wire.requests().isEmpty)
    }

    @Test func `without TLS the password stays here`() throws {
        try expectRefusal(nil)
    }

    @Test func `over TLS that verifies no certificate the password stays here`() throws {
        for verification in [CertificateVerification.none, .optionalVerification] {
            var settings = TLSConfiguration.makeClientConfiguration()
            settings.certificateVerification = verification
            try expectRefusal(TLSOptions(configuration: settings))
        }
    }

    @Test func `over TLS to a verified server it is sent`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let call = try shakeHands(on: wire, tls: TLSOptions())
        #expect(try wire.answerSASL("PLAIN") == "20")
        #expect(try wire.answerSASL("Authenticated") == "21 PLAIN \0tim\0tanstaaftanstaaf")
        try wire.answer(wire.requests())
        #expect(call.value == "ready")
    }
}
#endif
