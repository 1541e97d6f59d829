import MemcachedFraming
import MemcachedTesting
import NIOCore
import NIOPosix

/// A connection to a server, over a real socket.
final class TestClient: Sendable {
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let bytes: AsyncStream<ByteBuffer>.Continuation

        init(_ bytes: AsyncStream<ByteBuffer>.Continuation) {
            self.bytes = bytes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes.yield(unwrapInboundIn(data))
        }

        func channelInactive(context: ChannelHandlerContext) {
            bytes.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    let channel: any Channel
    private let bytes: AsyncStream<ByteBuffer>

    private init(channel: any Channel, bytes: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.bytes = bytes
    }

    static func connect(to server: MemcachedTestServer) async throws -> TestClient {
        let (bytes, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
        let channel =
            if let port = server.port {
                try await bootstrap.connect(host: "127.0.0.1", port: port).get()
            } else {
                try await bootstrap.connect(unixDomainSocketPath: String(server.address.dropFirst(5))).get()
            }
        return TestClient(channel: channel, bytes: bytes)
    }

    func send(_ frames: ByteBuffer...) async throws {
        for frame in frames {
            channel.write(frame, promise: nil)
        }
        try await channel.writeAndFlush(ByteBuffer())
    }

    /// The next replies up to one to a NOOP, or all up to the connection's end. May be called once.
    func replies() async throws -> [Reply] {
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 8 << 20)
        var replies: [Reply] = []
        for await some in bytes {
            decoder.append(some)
            while let frame = try decoder.next() {
                replies.append(try Reply(frame))
                if frame.header.opcode == .noop { return replies }
            }
        }
        return replies
    }

    /// All that comes until the connection's end.
    func text() async -> String {
        var all = ByteBuffer()
        for await some in bytes {
            all.writeImmutableBuffer(some)
        }
        return String(buffer: all)
    }
}
