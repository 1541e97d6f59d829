import MemcachedFraming
import NIOCore

/// Speaks with a memcached and records every byte of it.
final class GoldenExchange {
    let process: MemcachedProcess
    private(set) var record: GoldenRecord
    private var connection: RawConnection
    private var held: [RawConnection] = []
    private var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
    private var opaque: UInt32 = 0

    /// A VERSION behind each step shows that the server has answered all before it. It is not recorded. It is no NOOP, since a
    /// server with SASL answers only VERSION before authentication.
    private static let fence: UInt32 = 0xFFFF_FFFF

    /// memcached's own default.
    private static let serverThreads = 4

    init(_ process: MemcachedProcess, claim: String, masked: [GoldenRecord.Mask]) async throws {
        self.process = process
        record = GoldenRecord(claim: claim, masked: masked, steps: [])
        connection = try await RawConnection.connect(to: process.socketAddress)
    }

    /// Sends requests at once, and returns all replies.
    @discardableResult
    func send(_ requests: Request...) async throws -> [Reply] {
        try await sendFenced(requests.map(bytes))
    }

    /// Sends frames that ``Request`` refuses to build.
    @discardableResult
    func send(raw frames: ByteBuffer...) async throws -> [Reply] {
        try await sendFenced(frames)
    }

    /// Does something that is too long to record.
    func prepare(_ description: String, _ requests: [Request]) async throws {
        record.prepared = description
        _ = try await answers(to: requests.map(bytes))
    }

    /// Sends the same until the reply is of that status, and records only the last time.
    func send(_ request: @autoclosure () throws -> Request, until status: Status) async throws {
        let before = (steps: record.steps, opaque: opaque)
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            record.steps = before.steps
            opaque = before.opaque
            if try await send(request()).last?.status == status { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw MemcachedFailure("no reply of status '\(status)' within 10 s")
    }

    /// Sends STAT, and records only these statistics and the end: the others come and go with the server's version.
    func sendStat(_ group: ItemKey? = nil, keeping names: Set<String>) async throws {
        record.prepared = "Of the statistics only these are kept: \(names.sorted().joined(separator: ", "))"
        let replies = try await send(.stat(group))
        let kept = replies.filter { $0.key.readableBytes == 0 || names.contains(String(buffer: $0.key)) }
        let lines = kept.map { reply in
            var bytes = ByteBuffer()
            bytes.writeReply(reply)
            return GoldenLine(bytes).text
        }
        record.steps[record.steps.endIndex - 1].server = lines
    }

    /// Sends the last step, and takes all replies until the server closes.
    func sendUntilClosed(_ requests: Request...) async throws {
        try await sendLast(requests.map(bytes), ending: .closedByServer)
    }

    func sendUntilClosed(raw frames: ByteBuffer...) async throws {
        try await sendLast(frames, ending: .closedByServer)
    }

    /// Says nothing, and takes what the server says until it closes.
    func listenUntilClosed() async throws {
        try await sendLast([], ending: .closedByServer)
    }

    /// Sends the last step, says that nothing more is coming, and takes what the server answers after all.
    func sendWithoutEnd(raw frames: ByteBuffer...) async throws {
        try await sendLast(frames, ending: .waiting)
    }

    func bytes(_ request: Request) -> ByteBuffer {
        opaque += 1
        var bytes = ByteBuffer()
        bytes.writeRequest(request, opaque: opaque)
        return bytes
    }

    func restartServer() async throws {
        await connection.close()
        try await process.restart()
        decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
        connection = try await RawConnection.connect(to: process.socketAddress)
    }

    /// Opens another connection and goes on there; those before stay open.
    func connectOnceMore() async throws {
        held.append(connection)
        connection = try await RawConnection.connect(to: process.socketAddress)
    }

    func close() async {
        for connection in held + [connection] { await connection.close() }
    }

    @discardableResult
    private func sendFenced(_ frames: [ByteBuffer]) async throws -> [Reply] {
        let replies = try await answers(to: frames)
        note(frames, replies)
        return try replies.map(Reply.init)
    }

    private func answers(to frames: [ByteBuffer]) async throws -> [Frame] {
        var stream = ByteBuffer()
        for frame in frames { stream.writeImmutableBuffer(frame) }
        stream.writeRequest(.version, opaque: Self.fence)
        try await connection.send(stream)
        var replies: [Frame] = []
        while let reply = try await nextFrame(), reply.header.opaque != Self.fence { replies.append(reply) }
        return replies
    }

    private func sendLast(_ frames: [ByteBuffer], ending: GoldenRecord.Ending) async throws {
        var stream = ByteBuffer()
        for frame in frames { stream.writeImmutableBuffer(frame) }
        if stream.readableBytes > 0 { try await connection.send(stream) }
        if ending == .waiting {
            try await waitForServerThreads()
            guard connection.isOpen else { throw MemcachedFailure("the server closed: \(record.claim)") }
            try await connection.finishSending()
        }
        var arrived = ByteBuffer()
        while let bytes = try await connection.receive() { arrived.writeImmutableBuffer(bytes) }
        record.steps.append(GoldenRecord.Step(client: frames.map { GoldenLine($0).text }, server: lines(of: arrived)))
        record.ending = ending
    }

    /// Returns when the server has done all that it does with what it was sent, and this process has seen whether it closed.
    ///
    /// memcached hands new connections to its threads in turn, and a thread serves its connections in the order in which bytes
    /// arrive: as many connections as there are threads, each of which is answered, leave none that hasn't come so far.
    private func waitForServerThreads() async throws {
        for _ in 0..<Self.serverThreads {
            let other = try await RawConnection.connect(to: process.socketAddress, on: connection.eventLoop)
            held.append(other)
            // In text, which a server for text only answers, too.
            try await other.send(ByteBuffer(string: "version\r\n"))
            guard try await other.receive() != nil else {
                throw MemcachedFailure("the server closed another connection: \(record.claim)")
            }
        }
    }

    private func nextFrame() async throws -> Frame? {
        while true {
            if let frame = try decoder.next() { return frame }
            guard let bytes = try await connection.receive() else {
                throw MemcachedFailure("the server closed the connection: \(record.claim)")
            }
            decoder.append(bytes)
        }
    }

    private func note(_ frames: [ByteBuffer], _ replies: [Frame]) {
        let server = replies.map { GoldenLine(ByteBuffer($0)).text }
        record.steps.append(GoldenRecord.Step(client: frames.map { GoldenLine($0).text }, server: server))
    }

    /// A line for each frame, and one for a rest that is none: a server may answer in text.
    private func lines(of stream: ByteBuffer) -> [String] {
        decoder.append(stream)
        var lines: [String] = []
        var rest = stream
        while let frame = try? decoder.next() {
            rest.moveReaderIndex(forwardBy: FrameHeader.length + frame.body.readableBytes)
            lines.append(GoldenLine(ByteBuffer(frame)).text)
        }
        return rest.readableBytes == 0 ? lines : lines + [GoldenLine(rest).text]
    }
}

extension ByteBuffer {
    fileprivate init(_ frame: Frame) {
        self.init()
        writeFrameHeader(frame.header)
        writeImmutableBuffer(frame.body)
    }
}
