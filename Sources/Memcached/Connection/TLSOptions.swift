#if TLS
import NIOCore
public import NIOSSL

/// TLS towards the servers (memcached's `-Z`). The certificate and the host name are verified unless the NIOSSL configuration says
/// otherwise; each server is verified by its own name.
public struct TLSOptions: Sendable {
    private let context: NIOSSLContext
    private let serverName: String?

    /// TLS with that configuration.
    ///
    /// - Parameters:
    ///   - configuration: NIOSSL's: trust roots, client certificate and key, versions. Default: the system's roots.
    ///   - serverName: the name that every server's certificate must bear, where it isn't the server's own host name.
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` where a certificate or a key can't be loaded.
    public init(
        configuration: TLSConfiguration = .makeClientConfiguration(),
        serverName: String? = nil
    ) throws(MemcachedError) {
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw MemcachedError(
                .invalidArgument,
                "the TLS configuration can't be used; check its certificates and its key",
                cause: error
            )
        }
        self.serverName = serverName
    }

    package func makeHandler(for server: ServerAddress) throws -> NIOSSLClientHandler {
        let name: String? =
            switch server {
            case .host(let host, _): serverName ?? host
            case .unixSocket: serverName
            }
        // SNI takes no address; NIOSSL verifies the peer's address where there is no name.
        let isAddress = name.map { (try? SocketAddress(ipAddress: $0, port: 0)) != nil } ?? true
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name)
    }
}
#endif
