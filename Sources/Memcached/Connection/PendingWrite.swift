package import MemcachedFraming
package import NIOCore

/// Encoded frames that wait to be written, as few segments as possible: small frames share one, a large value is a segment
/// of its own and is never copied.
package struct PendingWrite: Sendable {
    /// From this size on, in bytes, a value is not copied.
    package static let largeValue = 16 * 1024

    /// From this size on, in bytes, a segment of small frames is closed: it doesn't grow without limit, nor is it moved while it grows.
    private static let largeSegment = 1024 * 1024

    /// A segment's memory at first, in bytes.
    private static let smallSegment = 1024

    private var closed: [ByteBuffer] = []
    private var open = ByteBuffer()
    private let allocator = ByteBufferAllocator()

    package init() {}

    package var isEmpty: Bool {
        closed.isEmpty && open.readableBytes == 0
    }

    package mutating func append(_ request: Request, opaque: UInt32) {
        makeRoom()
        guard request.valueLength >= Self.largeValue else {
            open.writeRequest(request, opaque: opaque)
            if open.readableBytes >= Self.largeSegment { closeOpen() }
            return
        }
        open.writeRequestHead(request, opaque: opaque)
        closeOpen()
        closed.append(request.value)
    }

    /// Appends a request that has no value once for each of several keys, without opaques yet.
    mutating func append(_ request: Request, forEachOf keys: [ItemKey], at indices: [Int]) {
        open.writeRequest(request, forEachOf: keys, at: indices)
        if open.readableBytes >= Self.largeSegment { closeOpen() }
    }

    /// Appends requests that were encoded before into these segments, and gives them their opaques: the spread numbers from `number` on.
    package mutating func append(_ segments: [ByteBuffer], numberedFrom number: UInt32) {
        var number = number
        var isValue = false
        for var segment in segments {
            // Only the head of a request with a large value stands before it.
            if isValue {
                closed.append(segment)
                isValue = false
                continue
            }
            func numbered(_ buffer: inout ByteBuffer, from start: Int) {
                let first = number
                let (count, lacksValue) = buffer.numberRequests(from: start) {
                    OpaqueSpread.opaque(of: first &+ UInt32(truncatingIfNeeded: $0))
                }
                number &+= UInt32(truncatingIfNeeded: count)
                isValue = lacksValue
            }
            if segment.readableBytes >= Self.largeValue {
                closeOpen()
                numbered(&segment, from: segment.readerIndex)
                closed.append(segment)
            } else {
                makeRoom()
                let start = open.writerIndex
                open.writeImmutableBuffer(segment)
                numbered(&open, from: start)
                if isValue || open.readableBytes >= Self.largeSegment { closeOpen() }
            }
        }
    }

    /// Puts what is left of segments that were taken back before all others.
    mutating func prepend(_ segments: [ByteBuffer]) {
        closed.insert(contentsOf: segments, at: 0)
    }

    private mutating func makeRoom() {
        if open.capacity == 0 {
            open = allocator.buffer(capacity: Self.smallSegment)
        }
    }

    private mutating func closeOpen() {
        guard open.readableBytes > 0 else { return }
        closed.append(open)
        open = ByteBuffer()
    }

    /// In all segments.
    var byteCount: Int { closed.reduce(open.readableBytes) { $0 + $1.readableBytes } }

    /// All segments in order.
    package var segments: [ByteBuffer] {
        open.readableBytes > 0 ? closed + [open] : closed
    }

    /// Hands out all segments in order, and is empty after.
    ///
    /// - Parameters:
    ///   - segments: an array for its memory; what is in it is dropped.
    ///   - spare: a buffer for its memory, which is used for the next segment unless somebody still reads it.
    package mutating func take(into segments: inout [ByteBuffer], reusing spare: inout ByteBuffer) {
        segments.removeAll(keepingCapacity: true)
        swap(&segments, &closed)
        guard open.readableBytes > 0 else { return }
        segments.append(open)
        open = ByteBuffer()
        guard spare.capacity > 0 else { return }
        swap(&open, &spare)
        open.clear(minimumCapacity: Self.smallSegment)
    }
}
