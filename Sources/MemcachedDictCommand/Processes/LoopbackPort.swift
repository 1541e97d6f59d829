import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A port of a loopback address that stays this process's own until it is released.
struct LoopbackPort: Sendable {
    let host: String
    let number: Int
    /// It is bound to the port, and doesn't listen, so that nobody else is given the port, not even between a server's end and the next
    /// one's start. SO_REUSEADDR on both sides lets memcached bind it, too.
    let reservation: CInt

    /// Takes that port, or with 0 any that is free.
    init(host: String = "127.0.0.1", number: Int = 0) throws {
        self.host = host
        #if canImport(Darwin) || canImport(Musl)
        let type = SOCK_STREAM
        #else
        let type = CInt(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, type, 0)
        var reuse: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<CInt>.size))
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let bound = try SocketAddress(ipAddress: host, port: number).withSockAddr { address, size in
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
            throw Complaint("there is no free port on \(host): \(reason)", status: .unreachable)
        }
        self.number = Int(address[2]) << 8 | Int(address[3])
        #if canImport(Darwin)
        // There, two sockets share a port only with SO_REUSEPORT, which memcached doesn't set.
        close(descriptor)
        reservation = -1
        #else
        reservation = descriptor
        #endif
    }

    func release() {
        if reservation >= 0 { close(reservation) }
    }
}
