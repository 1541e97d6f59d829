import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A TCP server on a free loopback port that sends any bytes, right or wrong.
final class RawServer: Sendable {
    /// What it does when a client connects, and when bytes arrive.
    struct Behaviour: Sendable {
        var onConnect: @Sendable (any Channel) -> Void = { _ in }
        var onBytes: @Sendable (any Channel, ByteBuffer) -> Void = { _, _ in }
    }

    let address: String
    private let accepted: NIOLockedValueBox<Int>

    private init(address: String, accepted: NIOLockedValueBox<Int>) {
        self.address = address
        self.accepted = accepted
    }

    var connectionCount: Int { accepted.withLockedValue { $0 } }

    static func withServer(_ behaviour: Behaviour, _ body: (RawServer) async throws -> Void) async throws {
        let accepted = NIOLockedValueBox(0)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                accepted.withLockedValue { $0 += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Peer(behaviour))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let port = listener.localAddress?.port ?? 0
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(RawServer(address: "127.0.0.1:\(port)", accepted: accepted)))
        } catch {
            result = .failure(error)
        }
        try? await listener.close()
        try result.get()
    }
}

private final class Peer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let behaviour: RawServer.Behaviour

    init(_ behaviour: RawServer.Behaviour) {
        self.behaviour = behaviour
    }

    func channelActive(context: ChannelHandlerContext) {
        behaviour.onConnect(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        behaviour.onBytes(context.channel, unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
