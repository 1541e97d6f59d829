import TestSupport
import Testing

@testable import Memcached

/// The mechanisms' own messages: the RFCs' examples, and what a hostile server may say.
@Suite(.fewAtATime) struct SASLExchangeTests {
    @Test func `PLAIN is RFC 4616's`() throws {
        var exchange = SASLCredentials(user: "tim", password: "tanstaaftanstaaf").exchange(by: .plain, nonce: "")
        #expect(exchange.begin() == Array("\0tim\0tanstaaftanstaaf".utf8))
        try exchange.succeeded([])
        #expect(throws: SASLFailure.self) { try exchange.challenged([]) }
    }

    @Test func `CRAM-MD5 is RFC 2195's`() throws {
        var exchange = SASLCredentials(user: "tim", password: "tanstaaftanstaaf").exchange(by: .cramMD5, nonce: "")
        #expect(exchange.begin() == [])
        let answer = try exchange.challenged(Array("<1896.697170952@postoffice.reston.mci.net>".utf8))
        #expect(answer.text == "tim b913a602c7eda7a495b4e6e7334d3890")
        try exchange.succeeded([])
    }

    @Test func `CRAM-MD5 takes one challenge, and no consent without one`() throws {
        var exchange = SASLCredentials(user: "tim", password: "t").exchange(by: .cramMD5, nonce: "")
        #expect(throws: SASLFailure.self) { try exchange.succeeded([]) }
        #expect(throws: SASLFailure.self) { try exchange.challenged([]) }
        _ = try exchange.challenged([1])
        #expect(throws: SASLFailure.self) { try exchange.challenged([1]) }
    }

    @Test(arguments: SCRAMExample.all)
    func `SCRAM is the RFCs'`(example: SCRAMExample) throws {
        var exchange = example.exchange
        #expect(exchange.begin() == Array(example.first.utf8))
        guard case .derive(let derivation) = try exchange.challenged(Array(example.challenge.utf8)) else {
            Issue.record("no derivation")
            return
        }
        let final = try exchange.derived(derivation.key())
        #expect(String(decoding: final, as: UTF8.self) == example.final)
        // As memcached does it: the signature, an empty step, then consent.
        #expect(try exchange.challenged(Array(example.signature.utf8)).text == "")
        try exchange.succeeded(Array("Authenticated".utf8))
    }

    @Test(arguments: SCRAMExample.all)
    func `the signature may come together with the consent`(example: SCRAMExample) throws {
        var exchange = try example.exchangeWithProof()
        try exchange.succeeded(Array(example.signature.utf8))
    }

    @Test(
        arguments: [
            ("a=b,c", "a=3Db=2Cc"), (",=", "=2C=3D"), ("a,\u{301}b", "a=2C\u{301}b"), ("=\u{338}", "=3D\u{338}"),
            ("ä", "ä"),
        ]
    )
    func `a user's comma and equals sign are escaped, with an accent, too`(user: String, escaped: String) {
        let exchange = SASLCredentials(user: user, password: "p").exchange(by: .scramSHA1, nonce: "N")
        // By bytes: texts are compared by what they look like.
        #expect(exchange.begin() == Array("n,,n=\(escaped),r=N".utf8))
    }

    @Test func `a nonce is new each time, long, and has no comma`() {
        let nonces = Set((0..<100).map { _ in SCRAMExchange.makeNonce() })
        #expect(nonces.count == 100)
        #expect(nonces.allSatisfy { $0.utf8.count == 24 && !$0.contains(",") })
    }

    @Test(
        arguments: [
            "", ",", ",,", "r=", "r=N", "r=N,s=,i=4096", "r=,s=QUFB,i=4096", "r=N,s=QUFB,i=4096", "r=Mx,s=QUFB,i=4096",
            "r=nx,s=QUFB,i=4096", "r=Nx,s=Q,i=4096", "r=Nx,s=****,i=4096", "r=Nx,s=QUFB", "r=Nx,s=QUFB,i=",
            "r=Nx,s=QUFB,i=-4096", "r=Nx,s=QUFB,i=+4096", "r=Nx,s=QUFB,i=04096", "r=Nx,s=QUFB,i=4096x",
            "r=Nx,s=QUFB,i=0",
            "r=Nx,s=QUFB,i=4095", "r=Nx,s=QUFB,i=600001", "r=Nx,s=QUFB,i=4294971392",
            "r=Nx,s=QUFB,i=99999999999999999999999", "m=x,r=Nx,s=QUFB,i=4096", "s=QUFB,r=Nx,i=4096", "e=unknown-user",
            "r=N\u{7},s=QUFB,i=4096", "r=Nä,s=QUFB,i=4096", "v=QUFB", "\0\0\0\0", "i=4096,s=QUFB,r=Nx", "r", "=",
        ]
    )
    func `a challenge that is none is an error`(challenge: String) {
        for hash in [SASLCredentials.Mechanism.scramSHA1, .scramSHA256, .scramSHA512] {
            var exchange = SASLCredentials(user: "ada", password: "p").exchange(by: hash, nonce: "N")
            #expect(throws: SASLFailure.self) { try exchange.challenged(Array(challenge.utf8)) }
        }
    }

    @Test func `the bounds of the iterations are taken, and extensions at the end are let be`() throws {
        for tail in ["i=4096", "i=600000", "i=4096,x=more"] {
            var exchange = SASLCredentials(user: "ada", password: "p").exchange(by: .scramSHA1, nonce: "N")
            guard case .derive = try exchange.challenged(Array("r=Nx,s=QUFB,\(tail)".utf8)) else {
                Issue.record("no derivation")
                return
            }
        }
    }

    @Test(
        arguments: [
            "", "v=", "v=****", "v=AAAA", "v=QQ", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95H4=",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==", "e=", "e=invalid-proof", "e=\u{1B}[2J", "Authenticated",
            "r=Nx",
            "\0", "x=1,v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        ]
    )
    func `a signature that is none is an error, whether the server is content or not`(signature: String) throws {
        let example = SCRAMExample.sha256
        #expect(throws: SASLFailure.self) {
            var exchange = try example.exchangeWithProof()
            _ = try exchange.challenged(Array(signature.utf8))
        }
        #expect(throws: SASLFailure.self) {
            var exchange = try example.exchangeWithProof()
            try exchange.succeeded(Array(signature.utf8))
        }
    }

    @Test func `SCRAM's server must prove itself before it may be content`() throws {
        let example = SCRAMExample.sha256
        var exchange = example.exchange
        #expect(throws: SASLFailure.self) { try exchange.succeeded([]) }
        #expect(throws: SASLFailure.self) { try exchange.derived([1]) }
        _ = try exchange.challenged(Array(example.challenge.utf8))
        #expect(throws: SASLFailure.self) { try exchange.succeeded(Array(example.signature.utf8)) }
        #expect(throws: SASLFailure.self) { try exchange.challenged(Array(example.challenge.utf8)) }
        var proved = try example.exchangeWithProof()
        _ = try proved.challenged(Array(example.signature.utf8))
        #expect(throws: SASLFailure.self) { try proved.challenged(Array(example.signature.utf8)) }
    }

    @Test func `random messages are errors, and never a trap`() {
        var generator = CodingRandom(state: 42)
        let alphabet = Array("rsivem=,N0123456789AQx/+\0\u{7F}".utf8) + [0x80, 0xFF]
        for _ in 0..<5_000 {
            let message = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            for mechanism in SASLCredentials.Mechanism.allCases {
                var exchange = SASLCredentials(user: "ada", password: "p").exchange(by: mechanism, nonce: "N")
                _ = try? exchange.challenged(message)
                if mechanism != .plain {
                    #expect(throws: SASLFailure.self) { try exchange.challenged(message) }
                }
            }
        }
    }
}

/// One whole exchange.
struct SCRAMExample: Sendable, CustomStringConvertible {
    let mechanism: SASLCredentials.Mechanism
    let nonce: String
    let challenge: String
    let final: String
    let signature: String

    static let user = "user"
    static let password = "pencil"

    var description: String { mechanism.rawValue }
    var first: String { "n,,n=\(Self.user),r=\(nonce)" }
    var exchange: any SASLExchange {
        SASLCredentials(user: Self.user, password: Self.password).exchange(by: mechanism, nonce: nonce)
    }

    /// An exchange whose proof is out.
    func exchangeWithProof() throws -> any SASLExchange {
        var exchange = exchange
        if case .derive(let derivation) = try exchange.challenged(Array(challenge.utf8)) {
            _ = try exchange.derived(derivation.key())
        }
        return exchange
    }

    static let all = [sha1, sha256, sha512]

    /// RFC 5802, section 5.
    static let sha1 = SCRAMExample(
        mechanism: .scramSHA1,
        nonce: "fyko+d2lbbFgONRv9qkxdawL",
        challenge: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        final: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        signature: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="
    )

    /// RFC 7677, section 3.
    static let sha256 = SCRAMExample(
        mechanism: .scramSHA256,
        nonce: "rOprNGfwEbeRWgbNEkqO",
        challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        final: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        signature: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    )

    /// No RFC has one; computed by Python's hashlib and hmac.
    static let sha512 = SCRAMExample(
        mechanism: .scramSHA512,
        nonce: "rOprNGfwEbeRWgbNEkqO",
        challenge: "r=rOprNGfwEbeRWgbNEkqO02431b08-2f89-4bad-a4e6-80c0564ec865,"
            + "s=Yin2FuHTt/M0kJWb0t9OI32n2VmOGi3m+JfjOvuDF88=,i=4096",
        final: "c=biws,r=rOprNGfwEbeRWgbNEkqO02431b08-2f89-4bad-a4e6-80c0564ec865,"
            + "p=Hc5yec3NmCD7t+kFRw4/3yD6/F3SQHc7AVYschRja+Bc3sbdjlA0eH1OjJc0DD4ghn1tnXN5/Wr6qm9xmaHt4A==",
        signature: "v=BQuhnKHqYDwQWS5jAw4sZed+C9KFUALsbrq81bB0mh+bcUUbbMPNNmBIupnS2AmyyDnG5CTBQtkjJ9kyY4kzmw=="
    )
}

extension SASLAnswer {
    /// What is sent; nil for a derivation.
    var text: String? {
        if case .send(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}
