import MemcachedFraming
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct ConnectionHandlerTests {
    /// Counts what reaches the socket's side.
    private final class Socket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var flushes = 0
        var reads = 0

        func flush(context: ChannelHandlerContext) {
            flushes += 1
            context.flush()
        }

        func read(context: ChannelHandlerContext) {
            reads += 1
            context.read()
        }
    }

    private func connect(
        _ engine: SharedEngine = SharedEngine(settings: EngineSettings(), followsWallClock: false)
    ) throws -> (channel: EmbeddedChannel, socket: Socket) {
        let socket = Socket()
        let channel = EmbeddedChannel(handlers: [socket, ConnectionHandler(engine: engine)])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return (channel, socket)
    }

    private func replies(_ channel: EmbeddedChannel) throws -> [Reply] {
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 8 << 20)
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            decoder.append(bytes)
        }
        var replies: [Reply] = []
        while let frame = try decoder.next() {
            replies.append(try Reply(frame))
        }
        return replies
    }

    @Test func `the replies to a batch of reads are flushed once`() throws {
        let (channel, socket) = try connect()
        for opaque in 0..<50 {
            channel.pipeline.fireChannelRead(command(.noop, opaque: UInt32(opaque)))
        }
        #expect(socket.flushes == 0)
        channel.pipeline.fireChannelReadComplete()
        #expect(socket.flushes == 1)
        #expect(try replies(channel).map(\.opaque) == Array(0..<50))
    }

    @Test func `a client that takes no replies is not read from, and misses none`() throws {
        let (channel, socket) = try connect()
        channel.pipeline.fireChannelRead(command(.set, "a", extras: [0, 0], value: bytes(100_000)))
        channel.isWritable = false
        for opaque in 1...20 {
            channel.pipeline.fireChannelRead(command(.get, "a", opaque: UInt32(opaque)))
        }
        channel.pipeline.fireChannelReadComplete()
        let readsBefore = socket.reads
        channel.read()
        #expect(socket.reads == readsBefore)
        let early = try replies(channel)
        #expect(early.count < 10)

        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(socket.reads == readsBefore + 1)
        let late = try replies(channel)
        #expect((early + late).map(\.opaque) == Array(0...20))
    }

    @Test func `a client that takes no replies is not read from, even when all its commands are served`() throws {
        let (channel, socket) = try connect()
        channel.isWritable = false
        channel.pipeline.fireChannelRead(command(.noop))
        channel.pipeline.fireChannelReadComplete()
        let readsBefore = socket.reads
        channel.read()
        channel.read()
        #expect(socket.reads == readsBefore)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(socket.reads == readsBefore + 1)
    }

    @Test func `a connection is closed after its last reply`() throws {
        let (channel, _) = try connect()
        channel.pipeline.fireChannelRead(command(.quit, opaque: 3))
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
        #expect(try replies(channel).map(\.opaque) == [3])
        #expect(!channel.isActive)
    }

    @Test func `a connection from before a restart serves no more`() throws {
        let engine = SharedEngine(settings: EngineSettings(), followsWallClock: false)
        let (channel, _) = try connect(engine)
        #expect(engine.withEngine { $0.openConnections } == 1)
        engine.restart()
        channel.pipeline.fireChannelRead(store("a", "1"))
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
        #expect(try replies(channel).isEmpty)
        #expect(!channel.isActive)
        #expect(engine.withEngine { $0.table.count } == 0)
        #expect(engine.withEngine { $0.openConnections } == 0)
    }
}
