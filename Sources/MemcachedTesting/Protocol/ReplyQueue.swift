import MemcachedFraming
package import NIOCore

/// Replies on their way out, in order: small ones copied into one buffer, large values passed on as they are.
package struct ReplyQueue: Sendable {
    /// From here on a value costs less as a buffer of its own than copied, in bytes.
    private static let ownSegment = 16_384

    private var segments: [ByteBuffer] = []
    private var last = ByteBuffer()
    package private(set) var bytes = 0

    package init() {}

    package var isEmpty: Bool { bytes == 0 }

    mutating func append(_ reply: Reply) {
        let body = (reply.flags == nil ? 0 : 4) + reply.keyAndValue.readableBytes
        bytes += FrameHeader.length + body
        guard reply.keyAndValue.readableBytes >= Self.ownSegment else {
            last.writeReply(reply)
            return
        }
        last.writeFrameHeader(
            FrameHeader(
                magic: .reply,
                opcode: reply.opcode,
                keyLength: UInt16(truncatingIfNeeded: reply.keyLength),
                extrasLength: reply.flags == nil ? 0 : 4,
                statusOrVBucket: reply.status.rawValue,
                bodyLength: UInt32(truncatingIfNeeded: body),
                opaque: reply.opaque,
                cas: reply.cas
            )
        )
        if let flags = reply.flags { last.writeInteger(flags) }
        segments.append(last)
        segments.append(reply.keyAndValue)
        last = ByteBuffer()
    }

    /// A reply whose bytes are as they should be, or are not.
    mutating func append(bytes: ByteBuffer) {
        self.bytes += bytes.readableBytes
        if bytes.readableBytes < Self.ownSegment {
            last.writeImmutableBuffer(bytes)
            return
        }
        if last.readableBytes > 0 { segments.append(last) }
        segments.append(bytes)
        last = ByteBuffer()
    }

    /// A line for a client that speaks text.
    mutating func append(line: String) {
        bytes += last.writeString(line + "\r\n")
    }

    /// Takes all that is queued.
    package mutating func drain() -> [ByteBuffer] {
        if last.readableBytes > 0 { segments.append(last) }
        let all = segments
        self = ReplyQueue()
        return all
    }
}
