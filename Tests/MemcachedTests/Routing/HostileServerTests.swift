import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// What a hostile server sends when a GET of "a", a GET of "b" and a SET of "c" are due, and what their callers see.
struct HostileAnswer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let outcomes: [String]
    let bytes: @Sendable ([Frame]) -> [ByteBuffer]

    private init(
        _ description: String,
        _ outcomes: [String] = ["protocolViolation", "protocolViolation", "outcomeUnknown"],
        _ bytes: @escaping @Sendable ([Frame]) -> [ByteBuffer]
    ) {
        testDescription = description
        self.outcomes = outcomes
        self.bytes = bytes
    }

    private static let afterFirst = ["value of a", "protocolViolation", "outcomeUnknown"]

    /// The right reply with one thing changed.
    private static func reply(to frame: Frame, _ change: (inout FrameHeader) -> Void = { _ in }) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeReply(Wire.answer(to: frame))
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1024)
        decoder.append(bytes)
        guard var right = try? decoder.next() else { return bytes }
        change(&right.header)
        var changed = ByteBuffer()
        changed.writeFrameHeader(right.header)
        changed.writeImmutableBuffer(right.body)
        return changed
    }

    static let all: [HostileAnswer] = [
        HostileAnswer("the second's reply first") { [reply(to: $0[1]), reply(to: $0[0])] },
        HostileAnswer("the last's reply first") { [reply(to: $0[2])] },
        HostileAnswer("a reply twice", afterFirst) { [reply(to: $0[0]), reply(to: $0[0])] },
        // A GET's reply doesn't name its key: what a server says is the value, is the value.
        HostileAnswer(
            "a reply again under the next request's opaque, and the next command's",
            ["value of a", "value of a", "outcomeUnknown"]
        ) { frames in
            [reply(to: frames[0]), reply(to: frames[0]) { $0.opaque = frames[1].header.opaque }]
                + [reply(to: frames[0]) { $0.opaque = frames[2].header.opaque }]
        },
        HostileAnswer("an opaque of nobody", afterFirst) { frames in
            [reply(to: frames[0]), reply(to: frames[1]) { $0.opaque &+= 1_000 }]
        },
        HostileAnswer("an opaque from long ago") { frames in [reply(to: frames[0]) { $0.opaque &-= 1 }] },
        HostileAnswer("another command's reply") { frames in [reply(to: frames[0]) { $0.opcode = .getWithKey }] },
        HostileAnswer("the quiet twin's reply") { frames in [reply(to: frames[0]) { $0.opcode = .getQuietly }] },
        HostileAnswer("a NOOP's reply") { frames in
            [
                reply(to: frames[2]) {
                    $0.opcode = .noop
                    $0.opaque = frames[0].header.opaque
                }
            ]
        },
        HostileAnswer("a success of an opcode that nobody knows") { frames in
            [reply(to: frames[0]) { $0.opcode = Opcode(rawValue: 0xEE) }]
        },
        HostileAnswer("a statistic") { frames in
            [reply(to: frames[0]) { $0.opcode = .stat }]
        },
        HostileAnswer("a request", afterFirst) { frames in
            [reply(to: frames[0]), reply(to: frames[1]) { $0.magic = .request }]
        },
        HostileAnswer("a hit without flags") { frames in [reply(to: frames[0]) { $0.extrasLength = 0 }] },
        HostileAnswer("a miss with flags") { frames in [reply(to: frames[0]) { $0.statusOrVBucket = 1 }] },
        HostileAnswer("extras longer than the body") { frames in [reply(to: frames[0]) { $0.extrasLength = 255 }] },
        HostileAnswer("a key longer than the body") { frames in [reply(to: frames[0]) { $0.keyLength = .max }] },
        HostileAnswer("a body of 2^32 - 1 bytes") { frames in [reply(to: frames[0]) { $0.bodyLength = .max }] },
        HostileAnswer("a body of 2^31 bytes") { frames in [reply(to: frames[0]) { $0.bodyLength = 1 << 31 }] },
        HostileAnswer("a TLS alert") { _ in [ByteBuffer(bytes: [0x15, 3, 3, 0, 2, 2, 0x46])] },
        HostileAnswer("an HTTP response") { _ in
            [ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")]
        },
        HostileAnswer("memcached's text protocol") { _ in [ByteBuffer(string: "VALUE a 0 5\r\nvalue\r\nEND\r\n")] },
        HostileAnswer("Redis") { _ in [ByteBuffer(string: "-ERR unknown command\r\n")] },
        HostileAnswer("an SMTP greeting") { _ in [ByteBuffer(string: "220 mail.example.com ready\r\n")] },
        HostileAnswer("zeros") { _ in [ByteBuffer(repeating: 0, count: 100)] },
        HostileAnswer("an endless line of text") { _ in [ByteBuffer(repeating: UInt8(ascii: "A"), count: 100_000)] },
    ]
}

@Suite("A hostile server", .fewAtATime)
struct HostileServerTests {
    @Test(arguments: HostileAnswer.all)
    func `each caller gets its own value or an error, and the connection is closed and replaced`(
        answer: HostileAnswer
    ) throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let (first, second, mutation) = (fleet.get("a"), fleet.get("b"), fleet.set("c", "value"))
        for bytes in answer.bytes(try wire.requests()) { try wire.receive(bytes) }
        #expect(!wire.isOpen)
        #expect([first.outcome, second.outcome, mutation.value ?? "running"] == answer.outcomes)
        let next = try fleet.acceptAfterPause()
        let call = fleet.get("d")
        // Nothing that was due on the old connection is sent again.
        let requests = try next.requests()
        #expect(requests.map { String(buffer: $0.key) } == ["d"])
        try next.answer(requests)
        #expect(call.outcome == "value of d")
    }

    @Test func `bytes that nobody asked for close the connection, and it is replaced`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        try wire.reply(reply(.noop, 4))
        #expect(!wire.isOpen)
        let next = try fleet.acceptAfterPause()
        let call = fleet.get("a")
        try next.answer(next.requests())
        #expect(call.outcome == "value of a")
    }

    @Test func `a server that greets is no memcached, and whoever waits learns so`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get("a")
        let wire = try fleet.accept(handshake: false)
        try wire.receive(ByteBuffer(string: "SSH-2.0-OpenSSH_9.2\r\n"))
        #expect(!wire.isOpen)
        #expect(call.outcome == "protocolViolation")
        guard case .failure(let error) = call.value else { return }
        #expect(error.message.contains("'SSH-2.0-OpenSSH_9.2'"))
        #expect(error.server == .host("cache-1"))
    }

    @Test func `endless statistics end the handshake`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get("a")
        let wire = try fleet.accept(handshake: false)
        try wire.answer(wire.requests())
        let stat = try #require(wire.requests().first)
        let text = String(repeating: "x", count: 1 << 20)
        var replies = 0
        while wire.isOpen, replies < 100 {
            try wire.reply(reply(.stat, stat.header.opaque, key: "\(replies)", value: text))
            replies += 1
        }
        #expect(replies == 16)
        #expect(call.outcome == "protocolViolation")
    }

    @Test func `a reply that is cut anywhere gives nobody a part of a value`() throws {
        // A header, flags and "value of a".
        let length = FrameHeader.length + 4 + 10
        for cut in 1..<length {
            let fleet = try Fleet()
            defer { fleet.finish() }
            _ = fleet.run()
            let wire = try fleet.accept()
            let (read, mutation) = (fleet.get("a"), fleet.set("b"))
            var bytes = ByteBuffer()
            bytes.writeReply(Wire.answer(to: try #require(wire.requests().first)))
            try wire.receive(bytes.readSlice(length: cut) ?? ByteBuffer())
            #expect([read.outcome, mutation.value] == ["running", nil], "cut at \(cut)")
            try wire.hangUp()
            #expect(mutation.value == "outcomeUnknown")
            // A read may be tried once more.
            let next = try fleet.acceptAfterPause()
            try next.answer(next.requests())
            #expect(read.outcome == "value of a", "cut at \(cut)")
        }
    }
}

extension Fleet {
    /// A connection that was lost soon after it was established is replaced after a pause.
    fileprivate func acceptAfterPause() throws -> Wire {
        advance(.milliseconds(51))
        return try accept()
    }
}
