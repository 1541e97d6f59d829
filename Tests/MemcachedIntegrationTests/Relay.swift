import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Stands between a client and its server. It passes on all that it gets, until it is told to drop a reply: then the server has
/// carried out a request of which the client only sees that its connection ends.
final class Relay: Sendable {
    /// "127.0.0.1:PORT".
    let address: String
    private let channel: any Channel
    private let dropsReply: NIOLockedValueBox<Bool>

    private init(channel: any Channel, dropsReply: NIOLockedValueBox<Bool>) {
        self.channel = channel
        self.dropsReply = dropsReply
        address = "127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    static func withRelay<Outcome>(
        to server: SocketAddress,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (Relay) async throws -> Outcome
    ) async throws -> Outcome {
        let dropsReply = NIOLockedValueBox(false)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { client in
                // The client's channel isn't read from before this is done.
                ClientBootstrap(group: client.eventLoop).connect(to: server).flatMapThrowing { server in
                    try server.pipeline.syncOperations.addHandler(Passage(to: client, dropsNext: dropsReply))
                    try client.pipeline.syncOperations.addHandler(Passage(to: server, dropsNext: nil))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let relay = Relay(channel: channel, dropsReply: dropsReply)
        do {
            let outcome = try await body(relay)
            try? await channel.close()
            return outcome
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// What the server says next is dropped, and the connection closed.
    func dropNextReply() {
        dropsReply.withLockedValue { $0 = true }
    }
}

private final class Passage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let dropsNext: NIOLockedValueBox<Bool>?

    init(to other: any Channel, dropsNext: NIOLockedValueBox<Bool>?) {
        self.other = other
        self.dropsNext = dropsNext
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let drops = dropsNext?.withLockedValue { drops in
            defer { drops = false }
            return drops
        }
        if drops == true {
            other.close(promise: nil)
            context.close(promise: nil)
        } else {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }
}
