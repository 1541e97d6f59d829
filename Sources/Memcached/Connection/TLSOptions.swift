#if TLS
package import NIOCore
public import NIOSSL

/// TLS towards the servers (memcached's `-Z`).
///
/// ```swift
/// configuration.connection.tls = try TLSOptions(trustRoots: .file("/etc/memcached/ca.pem"))
/// ```
///
/// A server's certificate must be signed by a trusted root, be valid today, and bear the name by which the server is configured, or its
/// address where it is configured by its address. A certificate for the address doesn't stand in for the name. Until all of this is
/// verified, nothing is sent, neither keys nor credentials.
///
/// Files are read once, when the options are made. No description, reflection or `dump` of the options holds the private key.
public struct TLSOptions: Sendable {
    private let context: NIOSSLContext
    private let configuration: TLSConfiguration
    private let serverName: String?
    private let verifiesNames: Bool
    /// What was read from files; nil where the configuration is NIOSSL's own.
    var files: Files?

    /// What files can say.
    struct Files: Equatable {
        let trustRoots: [NIOSSLCertificate]?
        let certificateChain: [NIOSSLCertificate]
        let privateKey: NIOSSLPrivateKey?
    }

    /// Whether a server must show a certificate of a trusted root, so that nobody else can read what is sent.
    package let verifiesServers: Bool

    /// TLS with that configuration of NIOSSL's: certificates that aren't in files, versions of the protocol, ciphers.
    ///
    /// Certificates and names are verified unless its `certificateVerification` says otherwise. All of it is yours:
    /// NIOSSL's own `minimumTLSVersion` is 1.0, where ``init(trustRoots:certificateChain:privateKey:serverName:)``
    /// takes 1.2.
    ///
    /// - Parameters:
    ///   - configuration: trust roots, client certificate and key, versions.
    ///   - serverName: the name that every server's certificate must bear, where it isn't the server's own host name.
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` where a certificate or a key can't be loaded,
    ///   or where the name is an address.
    public init(configuration: TLSConfiguration, serverName: String? = nil) throws(MemcachedError) {
        let name = serverName.map(Self.withoutFinalDot)
        if let serverName, let name, name.isEmpty || Self.isAddress(name) {
            throw MemcachedError(
                .invalidArgument,
                "TLS takes a host name as serverName, and '\(serverName)' is none; leave it out where servers are configured by their "
                    + "addresses: each is verified by its own"
            )
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw MemcachedError(
                .invalidArgument,
                "the TLS configuration can't be used; check its certificates, and that its private key belongs to the first of them",
                cause: error
            )
        }
        self.configuration = configuration
        self.serverName = name
        verifiesNames = configuration.certificateVerification == .fullVerification
        verifiesServers = if case .none = configuration.certificateVerification { false } else { true }
    }
}

extension TLSOptions {
    /// Verifies nobody: tells only whether a server speaks TLS. What is sent may be read by anybody.
    package static func unverified() throws(MemcachedError) -> TLSOptions {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try TLSOptions(configuration: configuration)
    }

    /// Puts TLS into a channel's pipeline. The future succeeds once the server is verified, and fails with ``MemcachedError``.
    package func secure(
        _ channel: any Channel,
        to server: ServerAddress,
        deadline: NIODeadline
    ) throws -> EventLoopFuture<Void> {
        let name = try expectedName(of: server)
        let handler = try NIOSSLClientHandler(context: context, serverHostname: name)
        let handshake = TLSHandshakeHandler(
            handler,
            server: server,
            expectedName: verifiesNames ? name : nil,
            deadline: deadline,
            promise: channel.eventLoop.makePromise()
        )
        try channel.pipeline.syncOperations.addHandlers(AbruptCloseHandler(), handler, handshake)
        return handshake.verified
    }

    /// The name that the certificate must bear; nil where it is the address.
    private func expectedName(of server: ServerAddress) throws(MemcachedError) -> String? {
        if let serverName { return serverName }
        switch server {
        case .host(let host, _):
            // SNI takes no address.
            let name = Self.withoutFinalDot(host)
            return Self.isAddress(name) ? nil : name
        case .unixSocket:
            guard verifiesNames else { return nil }
            throw MemcachedError(
                .connectionFailed,
                "a Unix socket has no name that TLS could verify; give TLSOptions a serverName. memcached itself takes no TLS on Unix "
                    + "sockets, but a proxy may",
                server: server
            )
        }
    }

    /// SNI and certificates have none.
    private static func withoutFinalDot(_ name: String) -> String {
        name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    private static func isAddress(_ text: String) -> Bool {
        (try? SocketAddress(ipAddress: text, port: 0)) != nil
    }
}

extension TLSOptions: Equatable {
    /// Whether both make the same of a connection, as far as NIOSSL can tell: the same certificates and keys, wherever they were read, and
    /// the same name.
    public static func == (one: TLSOptions, other: TLSOptions) -> Bool {
        guard one.serverName == other.serverName else { return false }
        if one.context === other.context { return true }
        // NIOSSL also compares bytes that nobody has set, and may so find a difference where there is none.
        if let files = one.files, let others = other.files { return files == others }
        return one.configuration.bestEffortEquals(other.configuration)
    }
}

extension TLSOptions: CustomStringConvertible, CustomReflectable {
    /// The server name where one is given, and nothing of certificates and keys.
    public var description: String {
        serverName.map { "TLS to '\($0)'" } ?? "TLS"
    }

    /// As the description.
    public var customMirror: Mirror {
        Mirror(self, children: ["serverName": serverName as Any], displayStyle: .struct)
    }
}
#endif
