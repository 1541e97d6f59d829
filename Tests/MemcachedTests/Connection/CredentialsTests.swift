import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct CredentialsTests {
    private static let password = "correct horse battery"

    private static var credentials: SASLCredentials { SASLCredentials(user: "ada", password: password) }

    @Test func `no description, mirror or dump shows the password`() throws {
        var configuration = ClientConfiguration(servers: [MemcachedServer(.host("cache-1"))])
        configuration.connection.credentials = Self.credentials
        let client = try MemcachedClient(configuration: configuration)
        let failure = AuthenticationFailure.exchange(.refused(reason: "invalid-proof"))
        let exchanges = SASLCredentials.Mechanism.allCases.map { Self.credentials.exchange(by: $0, nonce: "N") }
        let values: [Any] =
            [
                Self.credentials, configuration, configuration.connection, client, failure,
                HandshakeFailure.authentication(failure, user: "ada").error(server: .host("cache-1")),
            ] + exchanges
        for value in values {
            for text in ["\(value)", String(reflecting: value), dumped(value)] {
                #expect(!text.contains("horse"), "\(text)")
            }
        }
        #expect("\(Self.credentials)".contains("ada"))
        #expect(dumped(configuration).contains("<redacted>"))
        #expect(Mirror(reflecting: Self.credentials.password).children.isEmpty)
    }

    @Test(arguments: SCRAMExample.all)
    func `an exchange shows nothing of its keys, whatever it has come to`(example: SCRAMExample) throws {
        var exchange = example.exchange
        _ = try exchange.challenged(Array(example.challenge.utf8))
        var proved = try example.exchangeWithProof()
        _ = try proved.challenged(Array(example.signature.utf8))
        for exchange in [example.exchange, exchange, try example.exchangeWithProof(), proved] {
            #expect(Mirror(reflecting: exchange).children.isEmpty)
            for text in ["\(exchange)", String(reflecting: exchange), dumped(exchange)] {
                #expect(!text.contains("serverKey") && !text.contains(SCRAMExample.password), "\(text)")
                // Bytes are shown as a list of numbers.
                #expect(!text.contains { $0.isNumber }, "\(text)")
            }
        }
    }

    @Test func `a derivation shows nothing of the password`() throws {
        var exchange = SCRAMExample.sha256.exchange
        let answer = try exchange.challenged(Array(SCRAMExample.sha256.challenge.utf8))
        for text in ["\(answer)", String(reflecting: answer), dumped(answer)] {
            #expect(!text.contains(SCRAMExample.password), "\(text)")
        }
    }

    @Test(
        arguments: [
            ("", "p", "user is empty"), ("ada", "", "password is empty"),
            ("ada\n", "p", "user has a control character"),
            ("ada", "secret\n", "password has a control character"),
            ("ada", "sec\0ret", "password has a control character"),
            ("a\0b", "p", "user has a control character"), ("ada", "secret\u{7F}", "password has a control character"),
            ("ada", "secret\u{85}", "password has a control character"),
            ("ada", "secret\u{FFFE}", "password has a control character"),
        ]
    )
    func `what SASL can't carry is refused when a client is made`(user: String, password: String, words: String) {
        var configuration = ClientConfiguration(servers: [MemcachedServer(.host("cache-1"))])
        configuration.connection.credentials = SASLCredentials(user: user, password: password)
        let error = #expect(throws: MemcachedError.self) { try MemcachedClient(configuration: configuration) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("secret") == false)
    }

    @Test(arguments: [("ada@example", "p"), ("a b", "c d"), ("ä", "pässwörd €"), ("=,", "=,\"'\\")])
    func `everything else is taken as it is`(user: String, password: String) throws {
        let credentials = SASLCredentials(user: user, password: password)
        try credentials.validate()
        #expect(credentials.exchange(by: .plain, nonce: "").begin() == Array("\0\(user)\0\(password)".utf8))
    }
}
