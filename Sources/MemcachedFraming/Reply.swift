package import NIOCore

/// A server's answer to one request.
package struct Reply: Sendable, Equatable {
    package var opcode: Opcode
    package var status: Status
    package var opaque: UInt32
    /// The item's CAS; 0 where the reply names none, and always 0 from a server started with `-C`.
    package var cas: UInt64
    /// The item's flags, where the reply carries them.
    package var flags: UInt32?
    /// In bytes; the key stands before the value in ``keyAndValue``.
    package var keyLength: Int
    package var keyAndValue: ByteBuffer

    package init(
        opcode: Opcode,
        status: Status = .success,
        opaque: UInt32,
        cas: UInt64 = 0,
        flags: UInt32? = nil,
        key: ByteBuffer = ByteBuffer(),
        value: ByteBuffer = ByteBuffer()
    ) {
        self.opcode = opcode
        self.status = status
        self.opaque = opaque
        self.cas = cas
        self.flags = flags
        keyLength = key.readableBytes
        if keyLength == 0 {
            keyAndValue = value
        } else {
            keyAndValue = key
            keyAndValue.writeImmutableBuffer(value)
        }
    }

    /// The reply's value alone, without a copy of the reply.
    @inlinable
    package consuming func takeValue() -> ByteBuffer {
        keyLength == 0 ? keyAndValue : value
    }

    package var key: ByteBuffer {
        keyAndValue.viewed(at: 0, length: keyLength)
    }

    /// The item's value, a statistic's text, or an error's text.
    package var value: ByteBuffer {
        keyLength == 0 ? keyAndValue : keyAndValue.viewed(at: keyLength, length: keyAndValue.readableBytes - keyLength)
    }
}

extension Reply {
    /// Reads a frame that a server sent; throws where its shape is wrong.
    package init(_ frame: consuming Frame) throws(FramingError) {
        let header = frame.header
        opcode = header.opcode
        status = Status(rawValue: header.statusOrVBucket)
        opaque = header.opaque
        cas = header.cas
        keyLength = Int(header.keyLength)
        keyAndValue = frame.body
        flags = nil

        let extrasLength = Int(header.extrasLength)
        // Servers answer a command that they don't know with its own opcode; only that needs no shape.
        guard let shape = header.opcode.shape else {
            guard status != .success, extrasLength == 0 else { throw .unknownOpcode(header.opcode) }
            return
        }
        guard status == .success ? shape.repliesWithExtras(ofLength: extrasLength) : extrasLength == 0 else {
            throw .wrongExtras(header.opcode, length: extrasLength)
        }
        if extrasLength > 0, let word = frame.firstWord {
            flags = word
            keyAndValue.moveReaderIndex(forwardBy: extrasLength)
        }
        switch header.opcode.loudTwin {
        case .increment where status == .success, .decrement where status == .success:
            guard header.keyLength == 0, keyAndValue.readableBytes == 8 else {
                throw .lengthsDisagree(header.opcode, extras: 0, key: keyLength, body: Int(header.bodyLength))
            }
        default:
            break
        }
    }
}

extension ByteBuffer {
    /// Writes a reply's whole frame.
    package mutating func writeReply(_ reply: Reply) {
        let extrasLength = reply.flags == nil ? 0 : 4
        let header = FrameHeader(
            magic: .reply,
            opcode: reply.opcode,
            keyLength: UInt16(truncatingIfNeeded: reply.keyLength),
            extrasLength: UInt8(truncatingIfNeeded: extrasLength),
            statusOrVBucket: reply.status.rawValue,
            bodyLength: UInt32(truncatingIfNeeded: extrasLength + reply.keyAndValue.readableBytes),
            opaque: reply.opaque,
            cas: reply.cas
        )
        writeFrameHeader(header)
        if let flags = reply.flags {
            writeInteger(flags)
        }
        writeImmutableBuffer(reply.keyAndValue)
    }
}
