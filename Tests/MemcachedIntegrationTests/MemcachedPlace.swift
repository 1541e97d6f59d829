import Foundation
import NIOCore

/// Where a test's memcached listens, reserved until the test ends.
enum MemcachedPlace: Sendable, CustomStringConvertible {
    /// The descriptor is bound to the port, and never listens, so that nobody else is given the port, not even between a
    /// server's end and the next one's start. SO_REUSEADDR on both sides lets memcached bind it, too.
    case port(Int, host: String, reservation: CInt)
    case unixSocket(directory: String)

    /// - Parameter port: the one to take; 0 for any that is free.
    static func freePort(host: String = "127.0.0.1", port: Int = 0) throws -> MemcachedPlace {
        #if canImport(Darwin)
        let type = SOCK_STREAM
        #else
        let type = CInt(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, type, 0)
        var reuse: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<CInt>.size))
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let bound = try SocketAddress(ipAddress: host, port: port).withSockAddr { address, size in
            bind(descriptor, address, socklen_t(size))
        }
        var address = [UInt8](repeating: 0, count: 128)
        var length = socklen_t(address.count)
        let named = address.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
        }
        guard bound == 0, named == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw MemcachedFailure("no free port on \(host): \(reason)")
        }
        let port = Int(address[2]) << 8 | Int(address[3])
        #if canImport(Darwin)
        // There, two sockets share a port only with SO_REUSEPORT, which memcached doesn't set.
        close(descriptor)
        return .port(port, host: host, reservation: -1)
        #else
        return .port(port, host: host, reservation: descriptor)
        #endif
    }

    static func temporarySocket() throws -> MemcachedPlace {
        // Short, since a socket's path has at most 107 bytes; open to all, since memcached runs as nobody.
        let directory = "/tmp/memcached-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: false,
            attributes: nil
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory)
        return .unixSocket(directory: directory)
    }

    private static func path(in directory: String) -> String {
        directory + "/socket"
    }

    var description: String {
        switch self {
        case .port(let port, let host, _): "\(host):\(port)"
        case .unixSocket(let directory): "unix:" + Self.path(in: directory)
        }
    }

    var socketAddress: SocketAddress {
        get throws {
            switch self {
            case .port(let port, let host, _): try SocketAddress(ipAddress: host, port: port)
            case .unixSocket(let directory): try SocketAddress(unixDomainSocketPath: Self.path(in: directory))
            }
        }
    }

    /// memcached's options for listening here.
    var arguments: [String] {
        switch self {
        case .port(let port, let host, _): ["-l", host, "-p", String(port)]
        case .unixSocket(let directory): ["-s", Self.path(in: directory), "-a", "0777"]
        }
    }

    func release() {
        switch self {
        case .port(_, _, let reservation):
            if reservation >= 0 { close(reservation) }
        case .unixSocket(let directory):
            try? FileManager.default.removeItem(atPath: directory)
        }
    }
}
