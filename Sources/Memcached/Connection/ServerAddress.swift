/// Where a memcached server listens.
public enum ServerAddress: Hashable, Sendable {
    /// A host name, or an IPv4 or IPv6 address, and a TCP port.
    case host(String, port: Int = ServerAddress.defaultPort)
    /// The path of a Unix domain socket.
    case unixSocket(path: String)

    /// The port that memcached listens on where nothing else is said: 11211.
    public static let defaultPort = 11211
}

extension ServerAddress: CustomStringConvertible {
    /// `host:port`, `[IPv6]:port` or `unix:path`.
    public var description: String {
        switch self {
        case .host(let host, let port):
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path):
            "unix:\(path)"
        }
    }
}
