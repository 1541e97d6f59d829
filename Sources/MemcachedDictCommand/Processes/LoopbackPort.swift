import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A port on 127.0.0.1 that stays this process's own until it is released.
struct LoopbackPort: Sendable {
    let number: Int
    private let reservation: CInt

    /// Takes a free port.
    ///
    /// The descriptor is bound to it, and never listens, so that nobody else is given the port, not even between a server's end and
    /// the next one's start. SO_REUSEADDR on both sides lets memcached bind it, too.
    init() throws {
        #if canImport(Darwin) || canImport(Musl)
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
            throw Complaint("there is no free port on 127.0.0.1: \(reason)", status: .unreachable)
        }
        number = Int(address[2]) << 8 | Int(address[3])
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
