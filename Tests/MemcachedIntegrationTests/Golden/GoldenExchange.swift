import MemcachedFraming
import NIOCore

/// Speaks with a memcached and records every byte of it.
final class GoldenExchange {
    let process: MemcachedProcess
    private(set) var record: GoldenRecord
    private var connection: RawConnection
    private var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
    private var opaque: UInt32 = 0

    /// A VERSION behind each step shows that the server has answered all before it. It is not recorded. It is no NOOP, since a
    /// server with SASL answers only VERSION before authentication.
    private static let fence: UInt32 = 0xFFFF_FFFF

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
        let steps = record.steps
        try await sendFenced(requests.map(bytes))
        record.steps = steps
    }

    /// Sends the same until the reply is of that status, and records only the last time.
    func send(_ request: @autoclosure () throws -> Request, until status: Status) async throws {
        let before = record.steps
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            record.steps = before
            if try await send(request()).last?.status == status { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw MemcachedFailure("no reply of status '\(status)' within 10 s")
    }

    /// Sends the last step, and takes all replies until the server closes.
    func sendUntilClosed(_ requests: Request...) async throws {
        try await sendLast(requests.map(bytes), ending: .closedByServer)
    }

    func sendUntilClosed(raw frames: ByteBuffer...) async throws {
        try await sendLast(frames, ending: .closedByServer)
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

    func close() async {
        await connection.close()
    }

    @discardableResult
    private func sendFenced(_ frames: [ByteBuffer]) async throws -> [Reply] {
        var stream = ByteBuffer()
        for frame in frames { stream.writeImmutableBuffer(frame) }
        stream.writeRequest(.version, opaque: Self.fence)
        try await connection.send(stream)
        var replies: [Frame] = []
        while let reply = try await nextFrame(), reply.header.opaque != Self.fence { replies.append(reply) }
        note(frames, replies)
        return try replies.map(Reply.init)
    }

    private func sendLast(_ frames: [ByteBuffer], ending: GoldenRecord.Ending) async throws {
        var stream = ByteBuffer()
        for frame in frames { stream.writeImmutableBuffer(frame) }
        try await connection.send(stream)
        if ending == .waiting { try await connection.finishSending() }
        var replies: [Frame] = []
        while let bytes = await connection.receive() {
            decoder.append(bytes)
            while let reply = try decoder.next() { replies.append(reply) }
        }
        note(frames, replies)
        record.ending = ending
    }

    private func nextFrame() async throws -> Frame? {
        while true {
            if let frame = try decoder.next() { return frame }
            guard let bytes = await connection.receive() else {
                throw MemcachedFailure("the server closed the connection: \(record.claim)")
            }
            decoder.append(bytes)
        }
    }

    private func note(_ frames: [ByteBuffer], _ replies: [Frame]) {
        let server = replies.map { frame in
            var bytes = ByteBuffer()
            bytes.writeFrameHeader(frame.header)
            bytes.writeImmutableBuffer(frame.body)
            return GoldenLine(bytes).text
        }
        record.steps.append(GoldenRecord.Step(client: frames.map { GoldenLine($0).text }, server: server))
    }
}
