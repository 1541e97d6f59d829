#if TLS
import Memcached
import NIOCore
import NIOSSL
import TestSupport
import Testing

/// Whom the client trusts, and whom it doesn't.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct ClientTLSTests {
    private let root = TLSOptions.TrustRoots.file(TLSFixtures.path("root.pem"))

    private func useClient(_ client: MemcachedClient) async throws {
        try await client.set("key", to: ByteBuffer(repeating: 7, count: 100_000))
        let item = try await client.get("key")
        #expect(item?.value == ByteBuffer(repeating: 7, count: 100_000))
    }

    @Test(arguments: ["127.0.0.1", "localhost", "LocalHost"])
    func `a server is verified by its own name or address`(host: String) async throws {
        try await TLSFixtures.withServer { server in
            try await TLSFixtures.withClient(of: "\(host):\(server.port)", useClient)
        }
    }

    @Test(arguments: ["localhost.", "localhost"])
    func `a name's final dot is not what a certificate bears`(name: String) async throws {
        try await TLSFixtures.withServer { server in
            let tls = try TLSOptions(trustRoots: root, serverName: name)
            try await TLSFixtures.withClient(of: server.address, tls: tls, useClient)
        }
    }

    @Test func `a name given by the user is the one that is verified`() async throws {
        try await TLSFixtures.withServer(certificate: "other-name.pem") { server in
            let tls = try TLSOptions(trustRoots: root, serverName: "other.example")
            try await TLSFixtures.withClient(of: server.address, tls: tls, useClient)
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a certificate for another name is refused, and the error gives both`(host: String) async throws {
        try await TLSFixtures.withServer(certificate: "other-name.pem") { server in
            let error = try await TLSFixtures.failure(at: "\(host):\(server.port)")
            #expect(error.code == .connectionFailed)
            #expect(error.message.contains("is not for "))
            #expect(error.message.contains("but for 'other.example'"))
            #expect(error.server == .host(host, port: server.port))
        }
    }

    @Test func `a certificate for the server's address doesn't stand in for the name`() async throws {
        try await TLSFixtures.withServer { server in
            let tls = try TLSOptions(trustRoots: root, serverName: "wrong.example")
            let error = try await TLSFixtures.failure(at: server.address, tls: tls)
            #expect(error.code == .connectionFailed)
            #expect(error.message.contains("is not for 'wrong.example', but for 'localhost'"))
        }
    }

    @Test func `names are not verified where NIOSSL's configuration says so`() async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(TLSFixtures.path("root.pem"))
        configuration.certificateVerification = .noHostnameVerification
        let tls = try TLSOptions(configuration: configuration, serverName: "wrong.example")
        try await TLSFixtures.withServer { server in
            try await TLSFixtures.withClient(of: server.address, tls: tls, useClient)
        }
    }

    @Test(arguments: ["system", "other-root.pem"])
    func `a certificate of an unknown root is refused`(roots: String) async throws {
        let trustRoots = roots == "system" ? TLSOptions.TrustRoots.system : .file(TLSFixtures.path(roots))
        try await TLSFixtures.withServer { server in
            let error = try await TLSFixtures.failure(at: server.address, tls: TLSOptions(trustRoots: trustRoots))
            #expect(error.code == .connectionFailed)
            #expect(error.message.contains("signed by nobody that is trusted"))
            #expect(error.message.contains("trustRoots"))
        }
    }

    @Test func `an expired certificate is refused, and the error says so`() async throws {
        try await TLSFixtures.withServer(certificate: "expired.pem") { server in
            let error = try await TLSFixtures.failure(at: server.address)
            #expect(error.code == .connectionFailed)
            #expect(error.message.contains("has expired"))
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a server that demands a client certificate gets it`(host: String) async throws {
        let tls = try TLSOptions(
            trustRoots: root,
            certificateChain: TLSFixtures.path("client.pem"),
            privateKey: TLSFixtures.path("client.key")
        )
        try await TLSFixtures.withServer(demandsClientCertificate: true) { server in
            try await TLSFixtures.withClient(of: "\(host):\(server.port)", tls: tls, useClient)
        }
    }

    @Test func `a server that demands a client certificate refuses a client without one, and the error says why`()
        async throws
    {
        try await TLSFixtures.withServer(demandsClientCertificate: true) { server in
            let error = try await TLSFixtures.failure(at: server.address)
            #expect(error.code == .connectionFailed)
            // A reset may overtake the server's alert.
            #expect(error.message.contains("client certificate"), "\(error)")
        }
    }

    @Test func `a certificate that is for servers isn't taken from a client`() async throws {
        let tls = try TLSOptions(
            trustRoots: root,
            certificateChain: TLSFixtures.path("server.pem"),
            privateKey: TLSFixtures.path("server.key")
        )
        try await TLSFixtures.withServer(demandsClientCertificate: true) { server in
            let error = try await TLSFixtures.failure(at: server.address, tls: tls)
            #expect(error.code == .connectionFailed)
            #expect(error.message.contains("certificate"), "\(error)")
        }
    }
}
#endif
