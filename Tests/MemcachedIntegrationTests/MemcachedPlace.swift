import Foundation
import NIOCore

/// Where a test's memcached listens, reserved until the test ends.
enum MemcachedPlace: Sendable, CustomStringConvertible {
    /// The descriptor is bound to the port, and never listens, so that nobody else is given the port, not even between a
    /// server's end and the next one's start. SO_REUSEADDR on both sides lets memcached bind it, too.
    case port(Int, reservation: CInt)
    case unixSocket(directory: String)

    static func freePort() throws -> MemcachedPlace {
        #if canImport(Darwin)
        let type = SOCK_STREAM
        #else
        let type = CInt(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, type, 0)
        var reuse: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<CInt>.size))
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let bound = try SocketAddress(ipAddress: "127.0.0.1", port: 0).withSockAddr { address, size in
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
            throw MemcachedFailure("no free port on 127.0.0.1: \(reason)")
        }
        let port = Int(address[2]) << 8 | Int(address[3])
        #if canImport(Darwin)
        // There, two sockets share a port only with SO_REUSEPORT, which memcached doesn't set.
        close(descriptor)
        return .port(port, reservation: -1)
        #else
        return .port(port, reservation: descriptor)
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
        case .port(let port, _): "127.0.0.1:\(port)"
        case .unixSocket(let directory): "unix:" + Self.path(in: directory)
        }
    }

    var socketAddress: SocketAddress {
        get throws {
            switch self {
            case .port(let port, _): try SocketAddress(ipAddress: "127.0.0.1", port: port)
            case .unixSocket(let directory): try SocketAddress(unixDomainSocketPath: Self.path(in: directory))
            }
        }
    }

    /// memcached's options for listening here.
    var arguments: [String] {
        switch self {
        case .port(let port, _): ["-l", "127.0.0.1", "-p", String(port)]
        case .unixSocket(let directory): ["-s", Self.path(in: directory), "-a", "0777"]
        }
    }

    func release() {
        switch self {
        case .port(_, let reservation):
            if reservation >= 0 { close(reservation) }
        case .unixSocket(let directory):
            try? FileManager.default.removeItem(atPath: directory)
        }
    }
}
