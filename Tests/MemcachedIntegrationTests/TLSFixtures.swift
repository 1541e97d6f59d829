#if TLS
import Foundation
import Memcached
import Testing

/// Certificates of Fixtures' own root, whom nobody else trusts, and servers that show them.
///
/// `server` is for `localhost` and 127.0.0.1, `expired` was; `other-name` is for `other.example`. `client` is for clients. `other-root`
/// has signed none of them. All but `expired` are valid until 2126; their root's key wasn't kept.
enum TLSFixtures {
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/certificates/\(name)").path
    }

    /// Starts memcached with TLS.
    static func withServer(
        certificate: String = "server.pem",
        demandsClientCertificate: Bool = false,
        arguments: [String] = [],
        environment: [String: String] = [:],
        _ body: (MemcachedProcess) async throws -> Void
    ) async throws {
        // The server runs as nobody, who may be unable to look into the checkout.
        let folder = FileManager.default.temporaryDirectory.appending(path: "memcached-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        for name in [certificate, "server.key", "root.pem"] {
            let copy = folder.appending(path: name).path
            try FileManager.default.copyItem(atPath: path(name), toPath: copy)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: copy)
        }
        var options = ["ssl_chain_cert=\(folder.path)/\(certificate)", "ssl_key=\(folder.path)/server.key"]
        if demandsClientCertificate {
            options += ["ssl_verify_mode=2", "ssl_ca_cert=\(folder.path)/root.pem"]
        }
        try await MemcachedProcess.withMemcached(
            ["-Z", "-o", options.joined(separator: ",")] + arguments,
            environment: environment,
            body: body
        )
    }

    /// Calls `body` with a client that trusts Fixtures' root.
    static func withClient(
        of address: String,
        tls: TLSOptions? = nil,
        configure: (inout MemcachedClient.Configuration) -> Void = { _ in },
        _ body: (MemcachedClient) async throws -> Void
    ) async throws {
        var configuration = try MemcachedClient.Configuration.forTests([address])
        configuration.connection.tls = try tls ?? TLSOptions(trustRoots: .file(path("root.pem")))
        configure(&configuration)
        try await withMemcachedClient(configuration: configuration, body)
    }

    /// The error of a get.
    static func failure(
        at address: String,
        tls: TLSOptions? = nil,
        configure: (inout MemcachedClient.Configuration) -> Void = { _ in }
    ) async throws -> MemcachedError {
        var failure: MemcachedError?
        try await withClient(of: address, tls: tls, configure: configure) { client in
            failure = await #expect(throws: MemcachedError.self) { try await client.get("key") }
        }
        return try #require(failure)
    }
}
#endif
