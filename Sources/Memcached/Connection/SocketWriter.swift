#if os(Linux)
import NIOCore

#if canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Writes to a TCP or Unix socket.
///
/// It has a descriptor of its own, that refers to the channel's socket: that of the channel may be closed on the event loop at any
/// moment, and its number be another socket's at once.
final class SocketWriter: DirectWriter {
    /// -1 once it is closed.
    private let descriptor: Lock<CInt>

    /// Nil where the system has no descriptor left.
    init?(socket: CInt) {
        let own = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { return nil }
        descriptor = Lock(own)
    }

    deinit { close() }

    func write(_ segments: [ByteBuffer]) -> [ByteBuffer] {
        descriptor.withLock { descriptor in
            for index in segments.indices {
                // Of what comes last too the kernel would wait to fill a packet.
                let more = index < segments.count - 1 ? CInt(MSG_MORE) : 0
                let written = Self.push(segments[index], to: descriptor, more)
                guard written == segments[index].readableBytes else {
                    var left = Array(segments[index...])
                    left[0].moveReaderIndex(forwardBy: written)
                    return left
                }
            }
            return []
        }
    }

    /// Returns how many bytes the socket has taken.
    private static func push(_ bytes: ByteBuffer, to descriptor: CInt, _ more: CInt) -> Int {
        let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL) | more
        while descriptor >= 0 {
            let written = bytes.withUnsafeReadableBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if written >= 0 { return written }
            guard errno == EINTR else { break }
        }
        return 0
    }

    func close() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            closeDescriptor(descriptor)
            descriptor = -1
        }
    }
}

/// The system's function, whose name the class uses as well.
private func closeDescriptor(_ descriptor: CInt) {
    _ = close(descriptor)
}
#endif
