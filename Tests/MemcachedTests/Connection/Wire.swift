import MemcachedFraming
import NIOCore
import NIOEmbedded

@testable import Memcached

/// A connection on an embedded channel, with the test in the server's place. Single-threaded: nothing happens but what the test
/// asks for.
final class Wire {
    static let server = ServerAddress.host("cache-1")

    let loop: EmbeddedEventLoop
    let executor: StepExecutor
    let channel: EmbeddedChannel
    let connection: Connection
    private let flushes = FlushCounter()
    private var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 1 << 24)

    init(
        loop: EmbeddedEventLoop = EmbeddedEventLoop(),
        executor: StepExecutor = StepExecutor(),
        server: ServerAddress = Wire.server,
        configuration: ConnectionConfiguration = ConnectionConfiguration(),
        writer: (any DirectWriter)? = nil,
        probe: (any ReadinessProbe)? = nil,
        peer: String = "127.0.0.1"
    ) throws {
        self.loop = loop
        self.executor = executor
        channel = EmbeddedChannel(handler: flushes, loop: loop)
        connection = try Connection.attach(
            to: channel,
            server: server,
            configuration: configuration,
            writer: writer,
            probe: probe
        )
        try channel.connect(to: SocketAddress(ipAddress: peer, port: 11211)).wait()
    }

    func settle() { executor.settle(loop) }

    /// Lets virtual time pass.
    func advance(_ time: TimeAmount) {
        loop.advanceTime(by: time)
        settle()
    }

    var flushCount: Int { flushes.count }

    var isOpen: Bool { channel.isActive }

    func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
        settle()
    }

    /// The requests' frames that have been written since the last time.
    func requests() throws -> [Frame] {
        settle()
        var frames: [Frame] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            decoder.append(bytes)
            while let frame = try decoder.next() { frames.append(frame) }
        }
        return frames
    }

    /// The bytes that have been written since the last time; nil for none.
    func writtenBytes() throws -> ByteBuffer? {
        settle()
        var all: ByteBuffer?
        while var bytes = try channel.readOutbound(as: ByteBuffer.self) {
            if all == nil { all = bytes } else { all?.writeBuffer(&bytes) }
        }
        return all
    }

    func receive(_ bytes: ByteBuffer) throws {
        try channel.writeInbound(bytes)
        settle()
    }

    func reply(_ reply: Reply) throws {
        var bytes = ByteBuffer()
        bytes.writeReply(reply)
        try receive(bytes)
    }

    /// Answers each frame with success; a get with the value of the key.
    func answer(_ frames: [Frame]) throws {
        for frame in frames { try reply(Self.answer(to: frame)) }
    }

    /// From now on what is written is answered before its flush returns, as far as the connection can tell.
    func answerInsideFlushes() {
        flushes.behindFlush = { [unowned self] in
            while let bytes = try? channel.readOutbound(as: ByteBuffer.self) {
                decoder.append(bytes)
                while let frame = try? decoder.next() {
                    var reply = ByteBuffer()
                    reply.writeReply(Self.answer(to: frame))
                    _ = try? channel.writeInbound(reply)
                }
            }
        }
    }

    static func answer(to frame: Frame, value: (String) -> String = { "value of \($0)" }) -> Reply {
        let header = frame.header
        let key = String(buffer: frame.key)
        switch header.opcode.loudTwin {
        case .get:
            return Reply(
                opcode: header.opcode,
                opaque: header.opaque,
                cas: 7,
                flags: 0,
                value: ByteBuffer(string: value(key))
            )
        default:
            return Reply(opcode: header.opcode, opaque: header.opaque, cas: 7)
        }
    }

    func finish() {
        connection.close()
        settle()
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }
}

extension Wire {
    typealias Single = Call<Result<Reply, RequestFailure>>
    typealias Several = Call<Result<[Reply], RequestFailure>>

    /// Begins a request; its deadline counts from now.
    func send(_ request: Request, timeout: TimeAmount = .seconds(1)) -> Single {
        let (connection, deadline) = (connection, loop.now + timeout)
        let call = Single(on: executor) { await connection.send(request, deadline: deadline) }
        settle()
        return call
    }

    func get(_ key: String, timeout: TimeAmount = .seconds(1)) throws -> Single {
        send(try .get(key), timeout: timeout)
    }

    func sendBatch(_ requests: [Request], timeout: TimeAmount = .seconds(1)) -> Several {
        let (connection, deadline) = (connection, loop.now + timeout)
        let call = Several(on: executor) { await connection.sendBatch(EncodedRequests(requests), deadline: deadline) }
        settle()
        return call
    }

    func sendStatistics(timeout: TimeAmount = .seconds(1)) -> Several {
        let (connection, deadline) = (connection, loop.now + timeout)
        let call = Several(on: executor) { await connection.sendStatistics(.stat(), deadline: deadline) }
        settle()
        return call
    }
}

private final class FlushCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var count = 0
    var behindFlush: () -> Void = {}

    func flush(context: ChannelHandlerContext) {
        count += 1
        context.flush()
        behindFlush()
    }
}

/// How a request ended, for comparison.
enum Ending: Equatable {
    case value(String)
    case cancelled(sent: Bool), timedOut(sent: Bool), overloaded, repliesTooLarge
    case closed(sent: Bool)
    case running
}

extension Call where Value == Result<Reply, RequestFailure> {
    var ending: Ending { value.map { Ending($0.map { String(buffer: $0.value) }) } ?? .running }
}

extension Call where Value == Result<[Reply], RequestFailure> {
    /// The indices of a batch's replies, with their values.
    var ending: Ending {
        value.map { Ending($0.map { $0.map { "\($0.opaque)=\(String(buffer: $0.value))" }.joined(separator: ",") }) }
            ?? .running
    }
}

extension Ending {
    init(_ result: Result<String, RequestFailure>) {
        switch result {
        case .success(let value): self = .value(value)
        case .failure(let failure):
            let sent = failure.mayHaveReachedServer
            switch failure.reason {
            case .cancelled: self = .cancelled(sent: sent)
            case .timedOut: self = .timedOut(sent: sent)
            case .overloaded: self = .overloaded
            case .repliesTooLarge: self = .repliesTooLarge
            case .closed: self = .closed(sent: sent)
            }
        }
    }
}
