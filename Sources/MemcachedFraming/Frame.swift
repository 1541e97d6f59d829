package import NIOCore

/// One whole frame in either direction, as it came: a header whose lengths agree with the body, and nothing else checked.
package struct Frame: Sendable, Equatable {
    package var header: FrameHeader
    /// Extras, key, value.
    package let body: ByteBuffer
    /// The body's first four bytes as a number, which a reply's extras are; nil where there are fewer. A decoder reads it with the header,
    /// since each look into a buffer is an access that the runtime checks.
    let firstWord: UInt32?

    package init(header: FrameHeader, body: ByteBuffer) {
        self.init(header: header, body: body, firstWord: body.getInteger(at: body.readerIndex))
    }

    init(header: FrameHeader, body: ByteBuffer, firstWord: UInt32?) {
        self.header = header
        self.body = body
        self.firstWord = firstWord
    }

    package var extras: ByteBuffer {
        body.viewed(at: 0, length: Int(header.extrasLength))
    }

    package var key: ByteBuffer {
        body.viewed(at: Int(header.extrasLength), length: Int(header.keyLength))
    }

    package var value: ByteBuffer {
        let start = Int(header.extrasLength) + Int(header.keyLength)
        return body.viewed(at: start, length: body.readableBytes - start)
    }
}

extension ByteBuffer {
    /// A slice counted from the reader index; empty where the buffer is shorter, so that no length from the wire can trap.
    func viewed(at offset: Int, length: Int) -> ByteBuffer {
        getSlice(at: readerIndex + offset, length: length) ?? ByteBuffer()
    }
}
