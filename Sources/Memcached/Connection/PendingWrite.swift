package import MemcachedFraming
package import NIOCore

/// Encoded frames that wait for the event loop, as few segments as possible: small frames share one, a large value is a segment
/// of its own and is never copied.
package struct PendingWrite: Sendable {
    /// From this size on, in bytes, a value is not copied.
    package static let largeValue = 16 * 1024

    /// From this size on, in bytes, a segment of small frames is closed: it doesn't grow without limit, nor is it moved while it grows.
    private static let largeSegment = 1024 * 1024

    private var closed: [ByteBuffer] = []
    private var open = ByteBuffer()
    private let allocator = ByteBufferAllocator()

    package init() {}

    package var isEmpty: Bool {
        closed.isEmpty && open.readableBytes == 0
    }

    package mutating func append(_ request: Request, opaque: UInt32) {
        if open.capacity == 0 {
            open = allocator.buffer(capacity: 1024)
        }
        guard request.value.readableBytes >= Self.largeValue else {
            open.writeRequest(request, opaque: opaque)
            if open.readableBytes >= Self.largeSegment {
                closed.append(open)
                open = ByteBuffer()
            }
            return
        }
        open.writeRequestHead(request, opaque: opaque)
        closed.append(open)
        closed.append(request.value)
        open = ByteBuffer()
    }

    /// Hands out all segments in order, and is empty after.
    package mutating func take() -> [ByteBuffer] {
        var segments = closed
        if open.readableBytes > 0 {
            segments.append(open)
        }
        closed = []
        open = ByteBuffer()
        return segments
    }
}
