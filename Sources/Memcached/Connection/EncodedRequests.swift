package import MemcachedFraming
import NIOCore

/// Requests of one command that are sent together. They are encoded by their caller, before any lock is taken; their opaques are
/// written when it is known in what place they go out.
package struct EncodedRequests: Sendable {
    /// Of all of them; that of a NOOP where there is none.
    package private(set) var opcode = Opcode.noop
    package private(set) var count = 0
    /// All frames together.
    package private(set) var byteCount = 0
    private var frames = PendingWrite()

    package init(_ requests: [Request] = []) {
        for request in requests { append(request) }
    }

    package mutating func append(_ request: Request) {
        opcode = request.opcode
        count += 1
        byteCount += request.frameLength
        frames.append(request, opaque: 0)
    }

    /// The same request, which has no value, for each of several keys.
    package init(_ request: Request, forEachOf keys: [ItemKey], at indices: [Int]) {
        opcode = request.opcode
        count = indices.count
        frames.append(request, forEachOf: keys, at: indices)
        byteCount = frames.byteCount
    }

    var segments: [ByteBuffer] { frames.segments }
}
