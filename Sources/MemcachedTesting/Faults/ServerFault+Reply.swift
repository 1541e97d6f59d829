import MemcachedFraming
import NIOCore

extension ServerFault {
    /// Whether a reply has what the fault changes.
    func canStrike(_ reply: ByteBuffer) -> Bool {
        switch kind {
        case .garble(.value): reply.valueOffsets != nil
        case .garble, .moveOpaque, .duplicate, .close(.midReply, _): reply.readableBytes > 0
        default: true
        }
    }
}

extension ByteBuffer {
    /// Garbles a part of a reply's first frame.
    mutating func garble(_ part: ServerFault.ReplyPart) {
        switch part {
        case .magic:
            change(at: 0) { (magic: UInt8) in magic ^ 0x55 }
        case .opcode:
            // No command has a number of 0x50 and more.
            change(at: 1) { (opcode: UInt8) in opcode ^ 0x7F }
        case .lengths:
            change(at: 2) { (_: UInt16) in .max }
            change(at: 8) { (_: UInt32) in 1 }
        case .value:
            for offset in valueOffsets ?? 0..<0 {
                change(at: offset) { (byte: UInt8) in ~byte }
            }
        }
    }

    /// Gives a reply's first frame another opaque.
    mutating func moveOpaque(by offset: UInt32) {
        change(at: 12) { (opaque: UInt32) in opaque &+ offset }
    }

    /// The part of a reply that is sent where it breaks off: half of it, and of a body at least a byte.
    var brokenOff: ByteBuffer {
        let length = max(readableBytes / 2, min(FrameHeader.length + 1, readableBytes - 1))
        return getSlice(at: readerIndex, length: max(length, 0)) ?? self
    }

    /// Where the first frame's value lies; nil where it has none, or tells of an error.
    fileprivate var valueOffsets: Range<Int>? {
        guard
            let key = getInteger(at: readerIndex + 2, as: UInt16.self),
            let extras = getInteger(at: readerIndex + 4, as: UInt8.self),
            let status = getInteger(at: readerIndex + 6, as: UInt16.self),
            let body = getInteger(at: readerIndex + 8, as: UInt32.self)
        else { return nil }
        let start = FrameHeader.length + Int(extras) + Int(key)
        let end = FrameHeader.length + Int(body)
        return status == Status.success.rawValue && start < end ? start..<end : nil
    }

    /// Offsets are the frame's own.
    private mutating func change<Number: FixedWidthInteger>(at offset: Int, _ change: (Number) -> Number) {
        guard let number = getInteger(at: readerIndex + offset, as: Number.self) else { return }
        setInteger(change(number), at: readerIndex + offset)
    }
}
