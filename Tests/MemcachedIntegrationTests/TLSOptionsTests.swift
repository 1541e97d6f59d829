#if TLS
import Foundation
import Memcached
import NIOSSL
import TestSupport
import Testing

/// What stands in the files, and what of it is shown.
@Suite(.fewAtATime) struct TLSOptionsTests {
    private func refusal(
        trustRoots: TLSOptions.TrustRoots = .system,
        certificateChain: String? = nil,
        privateKey: String? = nil,
        serverName: String? = nil
    ) throws -> MemcachedError {
        let error = try #require(throws: MemcachedError.self) {
            try TLSOptions(
                trustRoots: trustRoots,
                certificateChain: certificateChain,
                privateKey: privateKey,
                serverName: serverName
            )
        }
        #expect(error.code == .invalidArgument)
        return error
    }

    @Test func `a file that isn't there is named`() throws {
        let certificate = TLSFixtures.path("client.pem")
        for error in [
            try refusal(trustRoots: .file("/nowhere/ca.pem")), try refusal(certificateChain: "/nowhere/ca.pem"),
            try refusal(certificateChain: certificate, privateKey: "/nowhere/ca.pem"),
        ] {
            #expect(error.message.contains("'/nowhere/ca.pem' can't be read"))
        }
    }

    @Test func `a file that holds something else is named`() throws {
        let (certificate, key) = (TLSFixtures.path("client.pem"), TLSFixtures.path("client.key"))
        #expect(try refusal(trustRoots: .file(key)).message.contains("'\(key)' holds no certificate in PEM"))
        #expect(try refusal(certificateChain: key).message.contains("'\(key)' holds no certificate in PEM"))
        let noKey = try refusal(certificateChain: certificate, privateKey: certificate)
        #expect(noKey.message.contains("'\(certificate)' holds no private key in PEM"))
        #expect(try refusal(certificateChain: certificate).message.contains("holds no private key in PEM"))
        #expect(try refusal(trustRoots: .file(#filePath)).message.contains("holds no certificate in PEM"))
    }

    @Test func `a key of another certificate is refused, and so is one without a certificate`() throws {
        let mismatch = try refusal(
            certificateChain: TLSFixtures.path("client.pem"),
            privateKey: TLSFixtures.path("server.key")
        )
        #expect(mismatch.message.contains("its private key belongs to the first of them"))
        #expect(try refusal(privateKey: TLSFixtures.path("client.key")).message.contains("without its certificate"))
    }

    @Test(arguments: ["127.0.0.1", "::1", "", ".", "127.0.0.1."])
    func `an address is no server name`(name: String) throws {
        #expect(try refusal(serverName: name).message.contains("serverName"))
    }

    @Test func `a server name's final dot is dropped, as a host's is`() throws {
        #expect("\(try TLSOptions(serverName: "cache.example."))" == "TLS to 'cache.example'")
    }

    @Test(
        arguments: [
            (CertificateVerification.fullVerification, true), (.noHostnameVerification, true),
            (.optionalVerification, false), (.none, false),
        ]
    )
    func `options tell whether they verify the server`(verification: CertificateVerification, isVerified: Bool) throws {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.certificateVerification = verification
        var connection = ConnectionConfiguration()
        #expect(!connection.isSecured && !connection.hasVerifiedTLS)
        connection.tls = try TLSOptions(configuration: settings)
        #expect(connection.isSecured)
        #expect(connection.hasVerifiedTLS == isVerified)
    }

    @Test func `a certificate and its key may stand in one file`() throws {
        let both = FileManager.default.temporaryDirectory.appending(path: "memcached-\(UUID().uuidString).pem")
        defer { try? FileManager.default.removeItem(at: both) }
        let parts = try ["client.pem", "client.key"].map { try Data(contentsOf: URL(filePath: TLSFixtures.path($0))) }
        try parts.reduce(Data(), +).write(to: both)
        _ = try TLSOptions(certificateChain: both.path)
    }

    @Test func `nothing of the private key is shown, by no description, reflection or dump`() throws {
        let tls = try TLSOptions(
            trustRoots: .file(TLSFixtures.path("root.pem")),
            certificateChain: TLSFixtures.path("client.pem"),
            privateKey: TLSFixtures.path("client.key"),
            serverName: "cache.example"
        )
        var configuration = MemcachedClient.Configuration(servers: [MemcachedServer(.host("cache-1"))])
        configuration.connection.tls = tls
        var dumps = ["", ""]
        dump(tls, to: &dumps[0])
        dump(configuration, to: &dumps[1])
        let texts = ["\(tls)", String(reflecting: tls), "\(configuration)", String(reflecting: configuration)] + dumps
        for text in texts {
            #expect(!text.contains("NIOSSL"), "\(text)")
            #expect(!text.lowercased().contains("privatekey"))
        }
        #expect(texts[0] == "TLS to 'cache.example'")
        #expect(dumps[1].contains("cache.example"))
    }
}
#endif
