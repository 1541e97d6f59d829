import Memcached
import MemcachedFraming
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct SlowUploadTests {
    @Test func `a large value that a server takes slowly is no stall, and its neighbours are answered after it`()
        async throws
    {
        try await SlowReader.withServer { server in
            var configuration = ConnectionConfiguration()
            configuration.stallTimeout = .seconds(5)
            configuration.connectTimeout = .seconds(60)
            configuration.maximumBytesInFlight = 256 * 1024 * 1024
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let connection = try await SocketTransport()
                .connect(to: server, on: loop, configuration: configuration)
            let value = ByteBuffer(repeating: 7, count: 24 * 1024 * 1024)
            let set = try Request.store(.set, ItemKey("large"), value: value, flags: 0, expiration: 0)
            let deadline = loop.now + .seconds(600)
            async let stored = connection.send(set, deadline: deadline)
            while connection.load.requests == 0 { await Task.yield() }
            // All the while others have something to say, and so have it written.
            let isDone = NIOLockedValueBox(false)
            async let neighbours = withTaskGroup(of: Bool.self) { group in
                // Where the store fails, this is cancelled, and doesn't sleep any more.
                while !isDone.withLockedValue({ $0 }), !Task.isCancelled {
                    group.addTask { (try? await connection.send(.noop, deadline: deadline).get()) != nil }
                    try? await Task.sleep(for: .milliseconds(5))
                }
                return await group.reduce(true) { $0 && $1 }
            }
            #expect(try await stored.get().status == .success)
            isDone.withLockedValue { $0 = true }
            #expect(await neighbours)
            connection.close()
            try await connection.channel.closeFuture.get()
        }
    }
}

/// Answers every request with success, and reads no more than some kilobytes at a time, with a pause after each.
private enum SlowReader {
    static func withServer(_ body: (ServerAddress) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.socketOption(.so_rcvbuf), value: 64 * 1024)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answerer())
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(.host("127.0.0.1", port: listener.localAddress?.port ?? 0)))
        } catch {
            result = .failure(error)
        }
        try? await listener.close()
        try result.get()
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 64 * 1024 * 1024)

        func channelActive(context: ChannelHandlerContext) {
            context.read()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data))
            while let frame = try? decoder.next() {
                var bytes = ByteBuffer()
                bytes.writeReply(Reply(opcode: frame.header.opcode, opaque: frame.header.opaque, cas: 1))
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            }
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(15)) { bound.value.read() }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
