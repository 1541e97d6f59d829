package import NIOCore

/// Cuts a stream of bytes into frames, the same ones wherever the stream is cut.
///
/// Frames are slices of the bytes that arrived. Memory grows only with bytes that have arrived, never with a length that was
/// claimed. After an error the stream is out of step for good: every further call throws the same error.
package struct FrameDecoder: Sendable {
    package let expected: FrameHeader.Magic
    /// The largest body that is taken, in bytes; never more than ``Request/maximumBodyLength``.
    package let maximumBodyLength: Int

    private var bytes = ByteBuffer()
    private var failure: FramingError?

    package init(expecting expected: FrameHeader.Magic, maximumBodyLength: Int) {
        self.expected = expected
        // A ByteBuffer holds less than 4 GiB; a frame of four could not be gathered.
        self.maximumBodyLength = min(maximumBodyLength, Request.maximumBodyLength)
    }

    /// Bytes that have arrived and belong to no frame yet.
    package var bufferedBytes: Int {
        bytes.readableBytes
    }

    /// What the decoder holds in memory, in bytes, those that were read included.
    package var storageCapacity: Int {
        bytes.storageCapacity
    }

    package mutating func append(_ more: ByteBuffer) {
        guard failure == nil else { return }
        guard bytes.readableBytes > 0 else {
            // A frame's slices keep all of their storage.
            bytes = more.compacted()
            return
        }
        // Read bytes are left behind as soon as there are as many as unread ones, so that each byte moves a bounded number of
        // times. Writing behind them instead would keep them for as long as each chunk ends inside a frame.
        if bytes.readerIndex >= bytes.readableBytes {
            var rest = ByteBuffer()
            rest.reserveCapacity(bytes.readableBytes + more.readableBytes)
            rest.writeImmutableBuffer(bytes)
            bytes = rest
        }
        bytes.writeImmutableBuffer(more)
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

    /// The stream has ended and ``next()`` gives no more frames. Throws where it ended inside a frame.
    package mutating func finish() throws(FramingError) {
        if let failure { throw failure }
        guard bytes.readableBytes > 0 else { return }
        let error: FramingError =
            looksLikeText ? .text(textLine(whole: true) ?? "") : .truncated(bytes: bytes.readableBytes)
        failure = error
        bytes = ByteBuffer()
        throw error
    }

    private mutating func cut() throws(FramingError) -> Frame? {
        guard bytes.readableBytes >= FrameHeader.length, let (header, next) = beginning, header.magic == expected else {
            try checkBeginning()
            return nil
        }
        let length = Int(clamping: header.bodyLength)
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
        return Frame(header: header, body: body, firstWord: length < Self.wordLength ? nil : next)
    }

    private static let wordLength = 4

    /// The header, of at least as many bytes as it has, and the word behind it, 0 where there is none. Nil where it is none.
    private var beginning: (header: FrameHeader, next: UInt32)? {
        bytes.withUnsafeReadableBytes { bytes in
            FrameHeader(bytes, at: 0).map { header in
                guard bytes.count >= FrameHeader.length + Self.wordLength else { return (header, 0) }
                let next = bytes.loadUnaligned(fromByteOffset: FrameHeader.length, as: UInt32.self)
                return (header, UInt32(bigEndian: next))
            }
        }
    }

    /// Throws where the bytes so far can't become a frame, whatever follows.
    private func checkBeginning() throws(FramingError) {
        let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self)
        guard let first, first != expected.rawValue else { return }
        guard looksLikeText else { throw .badMagic(first) }
        // A text's line may arrive in pieces; the error quotes all of it.
        if let line = textLine(whole: false) { throw .text(line) }
    }

    /// Text servers answer in upper case ("ERROR", "SERVER_ERROR") and text clients ask in lower; no magic is a letter.
    private var looksLikeText: Bool {
        guard let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return false }
        return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
    }

    /// The stream's first line without its end; nil while it may still be arriving.
    private func textLine(whole: Bool) -> String? {
        let seen = bytes.readableBytesView.prefix(FramingError.textLimit)
        let end = seen.firstIndex(of: UInt8(ascii: "\n"))
        guard whole || end != nil || seen.count == FramingError.textLimit else { return nil }
        var line = seen[..<(end ?? seen.endIndex)]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
