import NIOCore
import NIOPosix
import Synchronization

/// A connection that sends any bytes, right or wrong, and gives back whatever arrives.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let bytes: AsyncStream<ByteBuffer>
    private let timedOut = Atomic(false)

    private init(channel: any Channel, bytes: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.bytes = bytes
    }

    /// The connection fails after that time, so that no test waits for ever.
    static func connect(
        to address: SocketAddress,
        on group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup,
        closingAfter limit: TimeAmount = .seconds(20)
    ) async throws -> RawConnection {
        let (bytes, arrivals) = AsyncStream<ByteBuffer>.makeStream()
        let channel = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Arrivals(arrivals))
                }
            }
            .connect(to: address)
            .get()
        let connection = RawConnection(channel: channel, bytes: bytes)
        let watchdog = channel.eventLoop.scheduleTask(in: limit) {
            connection.timedOut.store(true, ordering: .relaxed)
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in watchdog.cancel() }
        return connection
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// Tells the server that nothing more is coming, and still takes what it has to say.
    func finishSending() async throws {
        try await channel.close(mode: .output)
    }

    /// What arrives next; nil when the server has ended the connection.
    func receive() async throws -> ByteBuffer? {
        let arrived = await bytes.first { _ in true }
        if arrived == nil, timedOut.load(ordering: .relaxed) {
            throw MemcachedFailure("the server neither answered nor closed the connection")
        }
        return arrived
    }

    /// Whether the server has not ended the connection yet.
    var isOpen: Bool {
        channel.isActive
    }

    /// Where another connection learns of things in the order in which they happen to both.
    var eventLoop: any EventLoop {
        channel.eventLoop
    }

    func close() async {
        try? await channel.close()
    }
}

private final class Arrivals: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let arrivals: AsyncStream<ByteBuffer>.Continuation

    init(_ arrivals: AsyncStream<ByteBuffer>.Continuation) {
        self.arrivals = arrivals
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrivals.yield(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        arrivals.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
