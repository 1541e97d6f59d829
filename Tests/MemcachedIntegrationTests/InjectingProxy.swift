import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Passes bytes between a client and a server, and puts some of its own among those to the client.
final class InjectingProxy: Sendable {
    let address: String
    private let clients: NIOLockedValueBox<[any Channel]>
    private let passed: NIOLockedValueBox<Int>

    private init(address: String, clients: NIOLockedValueBox<[any Channel]>, passed: NIOLockedValueBox<Int>) {
        self.address = address
        self.clients = clients
        self.passed = passed
    }

    static func withProxy(to server: SocketAddress, _ body: (InjectingProxy) async throws -> Void) async throws {
        let clients = NIOLockedValueBox<[any Channel]>([])
        let passed = NIOLockedValueBox(0)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                clients.withLockedValue { $0.append(client) }
                return ClientBootstrap(group: client.eventLoop).connect(to: server).flatMap { upstream in
                    client.eventLoop.makeCompletedFuture {
                        try client.pipeline.syncOperations.addHandler(
                            Passage(to: upstream) { count in passed.withLockedValue { $0 += count } }
                        )
                        try upstream.pipeline.syncOperations.addHandler(Passage(to: client) { _ in })
                    }
                }.flatMap { client.setOption(.autoRead, value: true) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = InjectingProxy(
            address: "127.0.0.1:\(listener.localAddress?.port ?? 0)",
            clients: clients,
            passed: passed
        )
        do {
            try await body(proxy)
        } catch {
            try await listener.close()
            throw error
        }
        try await listener.close()
    }

    /// How many bytes of clients have passed.
    var passedBytes: Int { passed.withLockedValue(\.self) }

    /// Returns when more than that have.
    func waitForBytes(after count: Int) async throws {
        while passedBytes <= count { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Sends bytes to the client that has connected last.
    func inject(_ bytes: [UInt8]) async throws {
        try await clients.withLockedValue(\.last)?.writeAndFlush(ByteBuffer(bytes: bytes))
    }
}

private final class Passage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let passed: @Sendable (Int) -> Void

    init(to other: any Channel, _ passed: @escaping @Sendable (Int) -> Void) {
        self.other = other
        self.passed = passed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        other.writeAndFlush(bytes, promise: nil)
        passed(bytes.readableBytes)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
