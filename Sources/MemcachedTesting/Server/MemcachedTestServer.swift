public import NIOCore
public import NIOPosix

/// A memcached in your own process, for tests, previews and demonstrations.
///
/// It speaks the binary protocol over a real socket and behaves as memcached 1.6.18 does, surprises included: a counter that gets
/// shorter is padded with spaces, a value that is too large takes the old one with it. Its clock stands still until
/// ``advanceTime(by:)`` moves it, so that a test of expirations doesn't wait.
///
///     try await withMemcachedTestServer { server in
///         try await withMemcachedClient(servers: [server.address]) { client in
///             let sessions = MemcachedDict<Session>(client, keyPrefix: "sessions", codec: .json())
///             try await sessions.store(session, forKey: "ada", expiration: .after(.seconds(60)))
///             server.advanceTime(by: .seconds(60))
///             #expect(try await sessions["ada"] == nil)
///         }
///     }
///
/// Text commands, UDP, TLS and SASL are not served: a line of text is answered `ERROR`, and the SASL commands as by a server
/// without `-S`.
public final class MemcachedTestServer: Sendable {
    /// What the server was started with.
    public let configuration: Configuration

    /// Where it listens: `HOST:PORT` with the host of its configuration, or `unix:PATH`.
    public let address: String

    /// The TCP port; nil on a Unix socket.
    public let port: Int?

    let engine: SharedEngine
    let channels: OpenChannels
    private let listener: any Channel

    private init(
        configuration: Configuration,
        engine: SharedEngine,
        channels: OpenChannels,
        listener: any Channel
    ) {
        self.configuration = configuration
        self.engine = engine
        self.channels = channels
        self.listener = listener
        if let path = configuration.unixSocketPath {
            port = nil
            address = "unix:" + path
        } else {
            let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
            port = listener.localAddress?.port
            address = "\(host):\(port ?? configuration.port)"
        }
    }

    /// Starts a server; it listens when this returns.
    ///
    /// Throws where the port or the socket's path can't be had. End it with ``shutdown()``, or let
    /// ``withMemcachedTestServer(_:eventLoopGroup:_:)`` do so.
    public static func start(
        _ configuration: Configuration = Configuration(),
        eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
    ) async throws -> MemcachedTestServer {
        let engine = SharedEngine(
            settings: EngineSettings(configuration),
            followsWallClock: configuration.clock == .wall
        )
        let channels = OpenChannels()
        let bootstrap = ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 128 << 10, high: 512 << 10))
            .childChannelInitializer { channel in
                channels.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(engine: engine))
                }
            }
        let listener: any Channel
        if let path = configuration.unixSocketPath {
            listener = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        } else {
            listener = try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: configuration.host, port: configuration.port).get()
        }
        return MemcachedTestServer(
            configuration: configuration,
            engine: engine,
            channels: channels,
            listener: listener
        )
    }

    /// Stops listening, closes all connections, and waits until they are closed. A second call does no more than wait.
    public func shutdown() async {
        channels.refusesMore = true
        listener.close(promise: nil)
        try? await listener.closeFuture.get()
        await channels.closeAll()
    }

    /// Becomes another memcached in the same place: no items, another pid, CAS values from 1 again, and no connections. Returns
    /// when those that were open are closed.
    public func restart() async {
        engine.restart()
        await channels.closeAll()
    }

    /// Moves the clock forward. What expires by then is gone when this returns.
    ///
    /// memcached counts whole seconds; parts of one add up.
    public func advanceTime(by duration: Duration) {
        engine.advanceTime(by: duration)
    }

    /// How many items a client could read now.
    public var itemCount: Int {
        engine.withEngine { engine in engine.table.items.count(where: engine.isAlive) }
    }

    /// How many clients are connected.
    public var connectionCount: Int {
        engine.withEngine { $0.openConnections }
    }

    /// What is stored under a key, looked at without touching it; nil where a client would find nothing.
    public func item(forKey key: String) -> Item? {
        engine.withEngine { engine in
            guard
                let place = engine.table.place(of: ByteBuffer(string: key)),
                let item = engine.table[place],
                engine.isAlive(item)
            else { return nil }
            return Item(
                value: Array(item.value.readableBytesView),
                flags: item.flags,
                cas: item.cas,
                remainingLifetime: item.expiration == 0 ? nil : .seconds(item.expiration - engine.clock.now)
            )
        }
    }
}
