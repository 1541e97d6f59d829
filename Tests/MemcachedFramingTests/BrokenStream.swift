import MemcachedFraming
import NIOCore

/// A stream of replies that ends in an error.
struct BrokenStream: Sendable, CustomStringConvertible {
    let description: String
    let bytes: ByteBuffer
    let error: FramingError

    private init(_ description: String, _ bytes: ByteBuffer, _ error: FramingError) {
        self.description = description
        self.bytes = bytes
        self.error = error
    }

    private init(_ description: String, text: String, _ line: String) {
        self.init(description, ByteBuffer(string: text), .text(line))
    }

    /// These bytes behind a good frame.
    private static func after(_ bytes: ByteBuffer) -> ByteBuffer {
        var stream = frame(.reply, .noop)
        stream.writeImmutableBuffer(bytes)
        return stream
    }

    private static let endless = String(repeating: "E", count: 1_000)

    static let all: [BrokenStream] = [
        BrokenStream("a request's magic", after(frame(.request, .noop)), .badMagic(0x80)),
        BrokenStream("a zero", after(ByteBuffer(bytes: [0, 1, 2])), .badMagic(0)),
        BrokenStream("a TLS alert", after(ByteBuffer(bytes: [0x15, 3, 3, 0, 2, 2, 0x46])), .badMagic(0x15)),
        BrokenStream(
            "key and extras longer than the body",
            after(frame(.reply, .get, extras: [0, 0, 0, 0], key: "key", bodyLength: 6)),
            .lengthsDisagree(.get, extras: 4, key: 3, body: 6)
        ),
        BrokenStream(
            "a body over the limit",
            after(frame(.reply, .get, extras: [0, 0, 0, 0], bodyLength: 1 << 20 + 1)),
            .bodyTooLong(.get, claimed: 1 << 20 + 1, limit: 1 << 20)
        ),
        BrokenStream(
            "the longest body that can be claimed",
            frame(.reply, .get, bodyLength: .max),
            .bodyTooLong(.get, claimed: Int(UInt32.max), limit: 1 << 20)
        ),
        BrokenStream("a full server", text: "ERROR Too many open connections\r\n", "ERROR Too many open connections"),
        BrokenStream("a text server's error", text: "ERROR\r\n", "ERROR"),
        BrokenStream("two lines of text", text: "SERVER_ERROR full\r\nERROR\r\n", "SERVER_ERROR full"),
        BrokenStream("a line without its return", text: "END\n\n", "END"),
        BrokenStream("an unended line", text: "HTTP/1.1 400", "HTTP/1.1 400"),
        BrokenStream("a text client", text: "get k\r\n", "get k"),
        BrokenStream("an endless line", text: endless, String(endless.prefix(256))),
        BrokenStream("a line of bytes that aren't text", ByteBuffer(bytes: [0x45, 0xFF, 0, 0x0A]), .text("E??")),
        BrokenStream("half a header", after(ByteBuffer(bytes: [0x81, 0, 0])), .truncated(bytes: 3)),
        BrokenStream("half a body", after(frame(.reply, .noop, value: "12345", bodyLength: 9)), .truncated(bytes: 29)),
    ]
}
