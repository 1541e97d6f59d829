#if TLS
import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension TLSOptions {
    /// Who signs the certificates that are trusted.
    public enum TrustRoots: Hashable, Sendable {
        /// The roots that this system trusts.
        case system
        /// The certificates in a PEM file, and no others.
        case file(String)
    }

    /// TLS 1.2 or newer, with certificates from PEM files.
    ///
    /// - Parameters:
    ///   - trustRoots: who signs the servers' certificates. Default: the system's roots.
    ///   - certificateChain: the file with this client's own certificate, and those between it and the root, for servers that demand one
    ///     (memcached's `ssl_verify_mode=2`).
    ///   - privateKey: the file with the certificate's private key, without a passphrase; nil where it stands in `certificateChain`.
    ///   - serverName: the name that every server's certificate must bear, where it isn't the server's own host name.
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` that names the file which can't be read or holds
    ///   something else.
    public init(
        trustRoots: TrustRoots = .system,
        certificateChain: String? = nil,
        privateKey: String? = nil,
        serverName: String? = nil
    ) throws(MemcachedError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        // NIOSSL's default is 1.0, which RFC 8996 forbids.
        configuration.minimumTLSVersion = .tlsv12
        var roots: [NIOSSLCertificate]?
        if case .file(let path) = trustRoots {
            let certificates = try Self.certificates(in: path)
            configuration.trustRoots = .certificates(certificates)
            roots = certificates
        }
        var (chain, key): ([NIOSSLCertificate], NIOSSLPrivateKey?) = ([], nil)
        if let certificateChain {
            chain = try Self.certificates(in: certificateChain)
            configuration.certificateChain = chain.map { .certificate($0) }
            let privateKey = try Self.privateKey(in: privateKey ?? certificateChain)
            configuration.privateKey = .privateKey(privateKey)
            key = privateKey
        } else if let privateKey {
            throw MemcachedError(
                .invalidArgument,
                "the private key '\(privateKey)' comes without its certificate; name the certificate's file, too"
            )
        }
        try self.init(configuration: configuration, serverName: serverName)
        files = Files(trustRoots: roots, certificateChain: chain, privateKey: key)
    }

    private static func certificates(in path: String) throws(MemcachedError) -> [NIOSSLCertificate] {
        let bytes = try contents(of: path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw MemcachedError(
                .invalidArgument,
                "'\(path)' holds no certificate in PEM (a block that begins with '-----BEGIN CERTIFICATE-----')"
            )
        }
        return certificates
    }

    private static func privateKey(in path: String) throws(MemcachedError) -> NIOSSLPrivateKey {
        let bytes = try contents(of: path)
        // No cause: what the key's file holds is nobody's business.
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw MemcachedError(
                .invalidArgument,
                "'\(path)' holds no private key in PEM, or one with a passphrase, which isn't taken; "
                    + "'openssl pkey -in FILE' removes a passphrase"
            )
        }
        return key
    }

    private static func contents(of path: String) throws(MemcachedError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw MemcachedError(
                .invalidArgument,
                "'\(path)' can't be read; check that the file is there, and that this process may read it"
            )
        }
    }
}
#endif
