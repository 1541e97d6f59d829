#if TLS
import Foundation
import Memcached
import NIOCore
import NIOSSL
import TestSupport
import Testing

/// Real memcached with TLS; the certificates are Fixtures' own, of a root that nobody else trusts.
@Suite(.fewAtATime, .needsMemcached) struct ClientTLSTests {
    private static func fixture(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/certificates/\(name)").path
    }

    private func withTLSServer(
        certificate: String,
        _ body: (MemcachedProcess) async throws -> Void
    ) async throws {
        // The server runs as nobody, who may be unable to look into the checkout.
        let folder = FileManager.default.temporaryDirectory.appending(path: "memcached-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        for name in [certificate, "server.key"] {
            let copy = folder.appending(path: name).path
            try FileManager.default.copyItem(atPath: Self.fixture(name), toPath: copy)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: copy)
        }
        let options = "ssl_chain_cert=\(folder.path)/\(certificate),ssl_key=\(folder.path)/server.key"
        try await MemcachedProcess.withMemcached(["-Z", "-o", options], body: body)
    }

    private func configuration(
        _ server: MemcachedProcess,
        trusting root: String? = "root.pem",
        serverName: String? = nil
    ) throws -> MemcachedClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let root { tls.trustRoots = .file(Self.fixture(root)) }
        var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(server.address)])
        configuration.timeout = .seconds(30)
        configuration.connection.connectTimeout = .seconds(20)
        configuration.connection.tls = try TLSOptions(configuration: tls, serverName: serverName)
        return configuration
    }

    @Test func `a server with a certificate for its address is talked to over TLS`() async throws {
        try await withTLSServer(certificate: "server.pem") { server in
            try await withMemcachedClient(configuration: configuration(server)) { client in
                try await client.set("key", to: ByteBuffer(repeating: 7, count: 100_000))
                #expect(try await client.get("key")?.value == ByteBuffer(repeating: 7, count: 100_000))
            }
        }
    }

    @Test(
        arguments: [
            ("other-name.pem", "root.pem", nil), ("server.pem", nil, nil),
            ("other-name.pem", "root.pem", "wrong.example"),
        ]
    )
    func `a wrong name or an unknown root is refused`(certificate: String, root: String?, name: String?) async throws {
        try await withTLSServer(certificate: certificate) { server in
            try await withMemcachedClient(
                configuration: configuration(server, trusting: root, serverName: name)
            ) { client in
                let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                #expect([.connectionFailed, .connectionLost].contains(error?.code), "\(String(describing: error))")
            }
        }
    }

    @Test func `a name given by the user is the one that is verified`() async throws {
        try await withTLSServer(certificate: "other-name.pem") { server in
            let configuration = try configuration(server, serverName: "other.example")
            try await withMemcachedClient(configuration: configuration) { client in
                let item = try await client.get("key")
                #expect(item == nil)
            }
        }
    }

    @Test func `a server without TLS is an error, not a hang`() async throws {
        try await MemcachedProcess.withMemcached { server in
            try await withMemcachedClient(configuration: configuration(server)) { client in
                let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                #expect(error?.server?.description == server.address)
            }
        }
    }
}
#endif
