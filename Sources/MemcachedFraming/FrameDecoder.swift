package import NIOCore

/// Cuts a stream of bytes into frames, the same ones wherever the stream is cut.
///
/// Frames are slices of the bytes that arrived. Memory grows only with bytes that have arrived, never with a length that was
/// claimed. After an error the stream is out of step for good: every further call throws the same error.
package struct FrameDecoder: Sendable {
    package let expected: FrameHeader.Magic
    /// The largest body that is taken, in bytes.
    package let maximumBodyLength: Int

    private var bytes = ByteBuffer()
    private var failure: FramingError?

    package init(expecting expected: FrameHeader.Magic, maximumBodyLength: Int) {
        self.expected = expected
        self.maximumBodyLength = maximumBodyLength
    }

    /// Bytes that have arrived and belong to no frame yet.
    package var bufferedBytes: Int {
        bytes.readableBytes
    }

    package mutating func append(_ more: ByteBuffer) {
        if bytes.readableBytes == 0 {
            bytes = more
        } else {
            bytes.writeImmutableBuffer(more)
        }
    }

    /// The next whole frame; nil until more bytes arrive.
    package mutating func next() throws(FramingError) -> Frame? {
        if let failure { throw failure }
        do {
            return try cut()
        } catch {
            failure = error
            bytes = ByteBuffer()
            throw error
        }
    }

    /// The stream has ended. Throws where it ended inside a frame.
    package mutating func finish() throws(FramingError) {
        if let failure { throw failure }
        guard bytes.readableBytes > 0 else { return }
        let error: FramingError =
            looksLikeText ? .text(textLine(whole: true) ?? "") : .truncated(bytes: bytes.readableBytes)
        failure = error
        throw error
    }

    private mutating func cut() throws(FramingError) -> Frame? {
        guard let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return nil }
        guard first == expected.rawValue else {
            guard looksLikeText else { throw .badMagic(first) }
            // A text's line may arrive in pieces; the error quotes all of it.
            guard let line = textLine(whole: false) else { return nil }
            throw .text(line)
        }
        guard
            bytes.readableBytes >= FrameHeader.length,
            let header = bytes.withUnsafeReadableBytes({ FrameHeader($0, at: 0) })
        else { return nil }

        let length = Int(header.bodyLength)
        guard Int(header.extrasLength) + Int(header.keyLength) <= length else {
            throw .lengthsDisagree(
                header.opcode,
                extras: Int(header.extrasLength),
                key: Int(header.keyLength),
                body: length
            )
        }
        guard length <= maximumBodyLength else {
            throw .bodyTooLong(header.opcode, claimed: length, limit: maximumBodyLength)
        }
        guard bytes.readableBytes >= FrameHeader.length + length else { return nil }
        bytes.moveReaderIndex(forwardBy: FrameHeader.length)
        guard let body = bytes.readSlice(length: length) else { return nil }
        if bytes.readableBytes == 0 {
            // Lets go of the storage, which the frame's slices may still hold.
            bytes = ByteBuffer()
        }
        return Frame(header: header, body: body)
    }

    /// Text servers answer in upper case ("ERROR", "SERVER_ERROR"); no magic is a letter.
    private var looksLikeText: Bool {
        bytes.getInteger(at: bytes.readerIndex, as: UInt8.self).map { (0x41...0x5A).contains($0) } ?? false
    }

    /// The stream's first line without its end; nil while it may still be arriving.
    private func textLine(whole: Bool) -> String? {
        let seen = bytes.readableBytesView.prefix(FramingError.textLimit)
        let end = seen.firstIndex(of: UInt8(ascii: "\n"))
        guard whole || end != nil || seen.count == FramingError.textLimit else { return nil }
        let line = seen[..<(end ?? seen.endIndex)].map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: " ") }
        let text = String(decoding: line, as: UTF8.self)
        return String(text.reversed().drop { $0 == " " }.reversed())
    }
}
