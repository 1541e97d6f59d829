#if os(Linux)
import NIOCore

#if canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Writes to a TCP or Unix socket past its channel, and looks whether it has something to read.
///
/// It has a descriptor of its own, that refers to the channel's socket: that of the channel may be closed on the event loop at any
/// moment, and its number be another socket's at once.
final class SocketAccess: DirectWriter, ReadinessProbe {
    private struct State {
        var isWriting = false
        var isClosed = false
    }

    private let descriptor: CInt
    private let state = Lock(State())

    /// Nil where the system has no descriptor left.
    init?(socket: CInt) {
        descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close() }

    /// The most segments that one write takes: a peer that reads as fast as it is written to would keep the caller for long.
    private static let segmentsAtOnce = 16

    func write(_ segments: [ByteBuffer]) -> [ByteBuffer] {
        let begins = state.withLock { state in
            guard !state.isClosed else { return false }
            state.isWriting = true
            return true
        }
        guard begins else { return segments }
        defer { endWrite() }
        for index in segments.indices.prefix(Self.segmentsAtOnce) {
            // Of what comes last too the kernel would wait to fill a packet.
            let more = index < segments.count - 1 ? CInt(MSG_MORE) : 0
            let written = push(segments[index], more)
            guard written == segments[index].readableBytes else {
                var left = Array(segments[index...])
                left[0].moveReaderIndex(forwardBy: written)
                return left
            }
        }
        return Array(segments.dropFirst(Self.segmentsAtOnce))
    }

    /// Returns how many bytes the socket has taken.
    private func push(_ bytes: ByteBuffer, _ more: CInt) -> Int {
        let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL) | more
        while true {
            let written = bytes.withUnsafeReadableBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if written >= 0 { return written }
            guard errno == EINTR else { return 0 }
        }
    }

    var isReadable: Bool {
        // It closes on the event loop, where this is asked.
        guard !state.withLock({ $0.isClosed }) else { return false }
        var socket = pollfd(fd: descriptor, events: CShort(POLLIN), revents: 0)
        return poll(&socket, 1, 0) > 0
    }

    private func endWrite() {
        let wasClosed = state.withLock { state in
            state.isWriting = false
            return state.isClosed
        }
        if wasClosed { closeDescriptor(descriptor) }
    }

    /// Waits for nobody: where a caller writes, the socket takes no more from now on, and the descriptor is closed when the caller is done.
    func close() {
        let isFree = state.withLock { state in
            guard !state.isClosed else { return false }
            state.isClosed = true
            if state.isWriting { shutdown(descriptor, CInt(SHUT_RDWR)) }
            return !state.isWriting
        }
        if isFree { closeDescriptor(descriptor) }
    }
}

/// The system's function, whose name the class uses as well.
private func closeDescriptor(_ descriptor: CInt) {
    _ = close(descriptor)
}
#endif
