import Foundation
import NIOCore

@testable import MemcachedDictCommand

/// Where a test's memcached listens, reserved until the test ends.
enum MemcachedPlace: Sendable, CustomStringConvertible {
    case port(LoopbackPort)
    case unixSocket(directory: String)

    /// - Parameter port: the one to take; 0 for any that is free.
    static func freePort(host: String = "127.0.0.1", port: Int = 0) throws -> MemcachedPlace {
        .port(try LoopbackPort(host: host, number: port))
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
        case .port(let port): "\(port.host):\(port.number)"
        case .unixSocket(let directory): "unix:" + Self.path(in: directory)
        }
    }

    var socketAddress: SocketAddress {
        get throws {
            switch self {
            case .port(let port): try SocketAddress(ipAddress: port.host, port: port.number)
            case .unixSocket(let directory): try SocketAddress(unixDomainSocketPath: Self.path(in: directory))
            }
        }
    }

    /// memcached's options for listening here.
    var arguments: [String] {
        switch self {
        case .port(let port): ["-l", port.host, "-p", String(port.number)]
        case .unixSocket(let directory): ["-s", Self.path(in: directory), "-a", "0777"]
        }
    }

    func release() {
        switch self {
        case .port(let port):
            port.release()
        case .unixSocket(let directory):
            try? FileManager.default.removeItem(atPath: directory)
        }
    }
}
