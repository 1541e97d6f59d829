import MemcachedFraming
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Memcached

/// A connection's authentication, with the test in the server's place.
@Suite(.fewAtATime) struct AuthenticationTests {
    private typealias Attempt = Call<AuthenticationFailure?>

    private func begin(
        _ credentials: SASLCredentials = SASLCredentials(user: SCRAMExample.user, password: SCRAMExample.password),
        on wire: Wire,
        hasVerifiedTLS: Bool = false,
        nonce: String = SCRAMExample.sha256.nonce,
        computation: @escaping PasswordDerivation.Computation = AuthenticationTests.computeAtOnce
    ) -> Attempt {
        let (connection, deadline) = (wire.connection, wire.loop.now + .seconds(1))
        let call = Attempt(on: wire.executor) {
            do throws(AuthenticationFailure) {
                try await connection.authenticate(
                    with: credentials,
                    hasVerifiedTLS: hasVerifiedTLS,
                    deadline: deadline,
                    nonce: nonce,
                    computation: computation
                )
                return nil
            } catch {
                return error
            }
        }
        wire.settle()
        return call
    }

    private static let computeAtOnce: PasswordDerivation.Computation = { derivation, _, completion in
        do throws(SASLFailure) {
            completion(.success(try derivation.key()))
        } catch {
            completion(.failure(error))
        }
    }

    @Test(arguments: SCRAMExample.all)
    func `the strongest of the offered mechanisms is used, and the server proves itself`(example: SCRAMExample) throws {
        let wire = try Wire()
        defer { wire.finish() }
        let call = begin(on: wire, nonce: example.nonce)
        #expect(try wire.answerSASL("PLAIN CRAM-MD5 GSSAPI \(example.mechanism.rawValue)") == "20")
        #expect(try wire.answerSASL(example.challenge, .authenticationContinues) == "21 \(example) \(example.first)")
        #expect(try wire.answerSASL(example.signature, .authenticationContinues) == "22 \(example) \(example.final)")
        #expect(try wire.answerSASL("Authenticated") == "22 \(example) ")
        #expect(call.result == "authenticated")
        #expect(wire.isOpen)
    }

    @Test func `all that are offered together are tried by strength`() throws {
        for (index, mechanism) in SASLCredentials.Mechanism.allCases.enumerated() {
            let offered = SASLCredentials.Mechanism.allCases[index...].map(\.rawValue).reversed()
            let credentials = SASLCredentials(user: "ada", password: "p")
            #expect(try credentials.mechanism(offered: Array(offered), isPrivate: true) == mechanism)
        }
    }

    @Test func `a fixed mechanism is used whatever else is offered`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        var credentials = SASLCredentials(user: "tim", password: "tanstaaftanstaaf")
        credentials.mechanism = .cramMD5
        let call = begin(credentials, on: wire)
        #expect(try wire.answerSASL("SCRAM-SHA-512 CRAM-MD5 PLAIN") == "20")
        #expect(
            try wire.answerSASL("<1896.697170952@postoffice.reston.mci.net>", .authenticationContinues)
                == "21 CRAM-MD5 "
        )
        #expect(try wire.answerSASL("Authenticated") == "22 CRAM-MD5 tim b913a602c7eda7a495b4e6e7334d3890")
        #expect(call.result == "authenticated")
    }

    @Test func `a fixed mechanism that isn't offered is an error, and nothing is sent`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        var credentials = SASLCredentials(user: "ada", password: "secret")
        credentials.mechanism = .scramSHA512
        let call = begin(credentials, on: wire)
        _ = try wire.answerSASL("PLAIN CRAM-MD5")
        #expect(call.result == "authenticationFailed")
        let message = try #require(call.message)
        #expect(message.contains("SCRAM-SHA-512") && message.contains("It offers PLAIN, CRAM-MD5"), "\(message)")
        #expect(try wire.requests().isEmpty)
    }

    @Test(arguments: ["", "GSSAPI DIGEST-MD5", "plain", "\u{1B}[2J", "PLAINX", String(repeating: "X ", count: 1000)])
    func `an offer without a known mechanism is an error`(offer: String) throws {
        let wire = try Wire()
        defer { wire.finish() }
        let call = begin(on: wire)
        _ = try wire.answerSASL(offer)
        #expect(call.result == "authenticationFailed")
        #expect(call.message?.contains("\u{1B}") == false)
        #expect(try wire.requests().isEmpty)
    }

    @Test(
        arguments: [
            ("10.0.0.1", false, false, false), ("10.0.0.1", true, false, true), ("10.0.0.1", false, true, true),
            ("127.0.0.1", false, false, true), ("127.8.8.8", false, false, true), ("::1", false, false, true),
            ("::ffff:127.0.0.1", false, false, true), ("::ffff:10.0.0.1", false, false, false),
            ("12.7.0.1", false, false, false), ("fe80::1", false, false, false),
            ("/run/memcached.sock", false, false, true),
        ]
    )
    func `PLAIN goes over TLS, to this machine, or where the user allows it`(
        peer: String,
        hasVerifiedTLS: Bool,
        isAllowed: Bool,
        goes: Bool
    ) throws {
        let wire = try Wire()
        defer { wire.finish() }
        wire.channel.remoteAddress =
            try peer.hasPrefix("/")
            ? SocketAddress(unixDomainSocketPath: peer) : SocketAddress(ipAddress: peer, port: 11211)
        var credentials = SASLCredentials(user: "tim", password: "tanstaaftanstaaf")
        credentials.allowsPlainTextWithoutTLS = isAllowed
        let call = begin(credentials, on: wire, hasVerifiedTLS: hasVerifiedTLS)
        _ = try wire.answerSASL("PLAIN")
        if goes {
            #expect(try wire.answerSASL("Authenticated") == "21 PLAIN \0tim\0tanstaaftanstaaf")
            #expect(call.result == "authenticated")
        } else {
            #expect(try wire.requests().isEmpty)
            #expect(call.result == "authenticationFailed")
            #expect(call.message?.contains("allowsPlainTextWithoutTLS") == true)
        }
    }

    @Test func `a peer whose address isn't known is taken for another machine`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        wire.channel.remoteAddress = nil
        let call = begin(on: wire)
        _ = try wire.answerSASL("PLAIN")
        #expect(call.result == "authenticationFailed")
    }

    @Test func `a server without SASL is an error that says so`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let call = begin(on: wire)
        _ = try wire.answerSASL("Unknown command", .unknownCommand)
        #expect(call.result == "authenticationFailed")
        #expect(call.message?.contains("-S") == true)
        #expect(try wire.requests().isEmpty)
    }

    @Test func `a refusal names the user, and never the password`() throws {
        for (challenge, status) in [("Auth failure", Status.authenticationError), ("e=unknown-user", .success)] {
            let wire = try Wire()
            defer { wire.finish() }
            let call = begin(on: wire)
            _ = try wire.answerSASL("SCRAM-SHA-256")
            _ = try wire.answerSASL(SCRAMExample.sha256.challenge, .authenticationContinues)
            _ = try wire.answerSASL(challenge, status)
            #expect(call.result == "authenticationFailed")
            let error = try #require(call.error)
            #expect(error.message.contains("'user'"))
            #expect(!"\(error) \(String(reflecting: error)) \(dumped(error))".contains(SCRAMExample.password))
        }
    }

    @Test func `a server that can't prove that it knows the password is not trusted`() throws {
        let signature = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A=="
        for (text, status) in [
            (signature, Status.authenticationContinues), (signature, .success), ("Authenticated", .success),
            ("", .success),
        ] {
            let wire = try Wire()
            defer { wire.finish() }
            let call = begin(on: wire)
            _ = try wire.answerSASL("SCRAM-SHA-256")
            _ = try wire.answerSASL(SCRAMExample.sha256.challenge, .authenticationContinues)
            _ = try wire.answerSASL(text, status)
            #expect(call.result == "authenticationFailed")
            #expect(call.message?.contains("can't prove") == true)
        }
        // At once, without a challenge.
        let wire = try Wire()
        defer { wire.finish() }
        let call = begin(on: wire)
        _ = try wire.answerSASL("SCRAM-SHA-256")
        _ = try wire.answerSASL("Authenticated")
        #expect(call.message?.contains("can't prove") == true)
    }

    @Test(
        arguments: [
            "", "\0", "r=x,s=QUFB,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=QUFB,i=1",
            "r=rOprNGfwEbeRWgbNEkqOx,s=QUFB,i=2000000000",
            "r=rOprNGfwEbeRWgbNEkqOx,s=not base64,i=4096", String(repeating: "x", count: 5000),
        ]
    )
    func `a hostile challenge is an error, and gets no answer`(challenge: String) throws {
        let wire = try Wire()
        defer { wire.finish() }
        let call = begin(on: wire)
        _ = try wire.answerSASL("SCRAM-SHA-256")
        _ = try wire.answerSASL(challenge, .authenticationContinues)
        #expect(call.result == "authenticationFailed")
        #expect(try wire.requests().isEmpty)
    }

    @Test func `a key that takes too long is given up by the deadline, and the error says what to do`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let work = EndlessWork()
        let call = begin(on: wire, computation: work.computation)
        _ = try wire.answerSASL("SCRAM-SHA-256")
        _ = try wire.answerSASL(SCRAMExample.sha256.challenge, .authenticationContinues)
        wire.advance(.milliseconds(999))
        #expect(call.result == "running")
        #expect(work.isWanted == true)
        wire.advance(.milliseconds(1))
        #expect(call.result == "authenticationFailed")
        let message = try #require(call.message)
        #expect(message.contains("4096 iterations") && message.contains("connectTimeout"), "\(message)")
        #expect(work.isWanted == false)
        // It ends at last, and nobody takes it.
        work.end()
        #expect(try wire.requests().isEmpty)
    }

    @Test func `a key that takes too long doesn't hold up a cancelled task`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let work = EndlessWork()
        let call = begin(on: wire, computation: work.computation)
        _ = try wire.answerSASL("SCRAM-SHA-256")
        _ = try wire.answerSASL(SCRAMExample.sha256.challenge, .authenticationContinues)
        #expect(call.result == "running")
        call.cancel()
        wire.settle()
        #expect(call.result == "cancelled")
        #expect(work.isWanted == false)
        work.end()
        #expect(try wire.requests().isEmpty)
    }

    @Test func `a key that is there in time is used`() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let work = EndlessWork()
        let call = begin(on: wire, computation: work.computation)
        _ = try wire.answerSASL("SCRAM-SHA-256")
        _ = try wire.answerSASL(SCRAMExample.sha256.challenge, .authenticationContinues)
        wire.advance(.milliseconds(500))
        work.end()
        let example = SCRAMExample.sha256
        #expect(try wire.answerSASL(example.signature, .success) == "22 \(example) \(example.final)")
        #expect(call.result == "authenticated")
        wire.advance(.seconds(1))
        #expect(wire.isOpen)
    }

    @Test func `a server that always wants more gets no further`() throws {
        for mechanism in SASLCredentials.Mechanism.allCases {
            let wire = try Wire()
            defer { wire.finish() }
            let call = begin(on: wire)
            _ = try wire.answerSASL(mechanism.rawValue)
            let example = SCRAMExample.sha256
            for challenge in [example.challenge, example.signature, example.signature] where call.value == nil {
                _ = try wire.answerSASL(challenge, .authenticationContinues)
            }
            #expect(call.result == "authenticationFailed")
        }
    }

    @Test func `other statuses, silence and an end of the connection are errors`() throws {
        for status in [Status.busy, .internalError, .outOfMemory, Status(rawValue: 0x7777)] {
            let wire = try Wire()
            defer { wire.finish() }
            let listing = begin(on: wire)
            _ = try wire.answerSASL("", status)
            #expect(listing.result == "authenticationFailed")
            let authenticating = begin(on: wire)
            _ = try wire.answerSASL("PLAIN")
            _ = try wire.answerSASL("", status)
            #expect(authenticating.result == "authenticationFailed")
        }
        let silent = try Wire()
        defer { silent.finish() }
        let waiting = begin(on: silent)
        silent.advance(.seconds(1))
        #expect(waiting.result == "connectionFailed")
        #expect(waiting.message?.contains("text only") == true)
        let ending = try Wire()
        let cut = begin(on: ending)
        try ending.hangUp()
        #expect(cut.result == "connectionFailed")
        ending.finish()
        let text = try Wire()
        let refused = begin(on: text)
        try text.receive(ByteBuffer(string: "ERROR\r\n"))
        #expect(refused.result == "protocolViolation")
        text.finish()
    }
}

/// A computation that lasts until the test ends it.
private final class EndlessWork: Sendable {
    private struct Order {
        let derivation: PasswordDerivation
        let isWanted: @Sendable () -> Bool
        let completion: @Sendable (Result<[UInt8], SASLFailure>) -> Void
    }

    private let order = NIOLockedValueBox<Order?>(nil)

    var computation: PasswordDerivation.Computation {
        { derivation, isWanted, completion in
            let order = Order(derivation: derivation, isWanted: isWanted, completion: completion)
            self.order.withLockedValue { $0 = order }
        }
    }

    /// Nil before the work has begun.
    var isWanted: Bool? { order.withLockedValue { $0 }?.isWanted() }

    func end() {
        guard let order = order.withLockedValue({ $0 }) else { return }
        order.completion(Result { try order.derivation.key() }.mapError { _ in .unproved })
    }
}

extension Wire {
    /// Answers the one request that is out; returns its opcode, key and value.
    func answerSASL(_ value: String, _ status: Status = .success) throws -> String {
        let frames = try requests()
        let frame = try #require(frames.first)
        #expect(frames.count == 1)
        try reply(
            MemcachedTests.reply(frame.header.opcode, frame.header.opaque, status: status, value: value)
        )
        let words = [String(frame.header.opcode.rawValue, radix: 16)]
        let isList = frame.header.opcode == .saslListMechanisms
        return (words + (isList ? [] : [String(buffer: frame.key), String(buffer: frame.value)])).joined(separator: " ")
    }
}

extension Call where Value == AuthenticationFailure? {
    fileprivate var error: MemcachedError? {
        (value ?? nil).map { HandshakeFailure.authentication($0, user: SCRAMExample.user).error(server: Wire.server) }
    }

    fileprivate var message: String? { error?.message }

    /// "authenticated", "running", or the error's code.
    fileprivate var result: String {
        guard value != nil else { return "running" }
        return error.map { "\($0.code)" } ?? "authenticated"
    }
}

func dumped(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
}
