public import Logging
public import NIOCore

/// A client of a fleet of memcached servers, over the binary protocol.
///
/// A client is a handle: copies share the same connections, and ``timeout(_:)`` makes one with another deadline. It works while
/// ``run()`` runs:
///
/// ```swift
/// try await withMemcachedClient(servers: ["cache-1:11211", "cache-2:11211"]) { client in
///     let version = try await client.set("greeting", to: ByteBuffer(string: "hello"))
///     let item = try await client.get("greeting")     // MemcachedItem?; nil is a miss
/// }
/// ```
///
/// - A miss is nil, a lost race is an outcome, and everything else throws ``MemcachedError``; an outage never looks like a miss.
/// - Keys are 1 to 250 bytes of UTF-8. A wrong one throws ``MemcachedError/Code/invalidKey``, and nothing is sent.
/// - A call that only reads is sent once more where its connection ended before the reply. A mutation is never sent twice; if it is
///   not known whether it took effect, the call throws ``MemcachedError/Code/outcomeUnknown``.
public struct MemcachedClient: Sendable {
    /// How a client behaves.
    public typealias Configuration = ClientConfiguration

    package let cluster: Cluster
    /// Of each call; nil for what is configured.
    private let ownTimeout: TimeAmount?

    /// A client of the servers that the configuration names. Nothing is connected before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: servers, limits and times.
    ///   - eventLoopGroup: where connections do their input and output; nil for the process's own.
    ///   - logger: where the client tells about connections; silent by default.
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` that names the wrong setting.
    public init(
        configuration: Configuration,
        eventLoopGroup: (any EventLoopGroup)? = nil,
        logger: Logger? = nil
    ) throws(MemcachedError) {
        try self.init(configuration: configuration, environment: Self.environment(eventLoopGroup, logger))
    }

    package init(configuration: Configuration, environment: ClientEnvironment) throws(MemcachedError) {
        self.init(cluster: try Cluster(configuration: configuration, environment: environment))
    }

    init(cluster: Cluster, timeout: TimeAmount? = nil) {
        self.cluster = cluster
        ownTimeout = timeout
    }

    static func environment(_ eventLoopGroup: (any EventLoopGroup)?, _ logger: Logger?) -> ClientEnvironment {
        ClientEnvironment(
            eventLoopGroup: eventLoopGroup ?? SocketTransport.defaultEventLoopGroup,
            transport: SocketTransport(),
            logger: logger ?? Logger(label: "memcached") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Of each call.
    package var timeout: TimeAmount { ownTimeout ?? cluster.timeout }

    /// The same client with another deadline for each call: how long it may wait for a connection, for room and for the reply
    /// altogether. One that has passed, with zero or less, throws ``MemcachedError/Code/timedOut``, and nothing is sent.
    public func timeout(_ timeout: Duration) -> MemcachedClient {
        MemcachedClient(cluster: cluster, timeout: TimeAmount(timeout))
    }

    /// The same client, whose calls end by that time.
    package func until(_ deadline: NIODeadline) -> MemcachedClient {
        MemcachedClient(cluster: cluster, timeout: max(.zero, deadline - cluster.now))
    }

    /// Ends the client: new calls throw ``MemcachedError/Code/clientClosed``, and replies that are due may still come for as long as
    /// ``ClientConfiguration/shutdownTimeout`` allows. Returns when all connections are closed.
    public func shutdown() async {
        await cluster.close(draining: true)
    }
}

/// Calls `body` with a client of those servers, and shuts it down after.
///
/// - Parameters:
///   - servers: each `HOST[:PORT][=WEIGHT]`, `[IPv6]:PORT` or `unix:PATH`.
///   - logger: where the client tells about connections; silent by default.
///   - body: what to do with the client.
/// - Throws: ``MemcachedError`` where a server's text can't be read, and what `body` throws.
public func withMemcachedClient<Result>(
    servers: [String],
    logger: Logger? = nil,
    _ body: (MemcachedClient) async throws -> Result
) async throws -> Result {
    let configuration = MemcachedClient.Configuration(servers: try servers.map { try MemcachedServer($0) })
    return try await withMemcachedClient(configuration: configuration, logger: logger, body)
}

/// Calls `body` with a client of that configuration, and shuts it down after.
///
/// - Parameters:
///   - configuration: servers, limits and times.
///   - eventLoopGroup: where connections do their input and output; nil for the process's own.
///   - logger: where the client tells about connections; silent by default.
///   - body: what to do with the client.
/// - Throws: ``MemcachedError`` where a setting is wrong, and what `body` throws.
public func withMemcachedClient<Result>(
    configuration: MemcachedClient.Configuration,
    eventLoopGroup: (any EventLoopGroup)? = nil,
    logger: Logger? = nil,
    _ body: (MemcachedClient) async throws -> Result
) async throws -> Result {
    let client = try MemcachedClient(configuration: configuration, eventLoopGroup: eventLoopGroup, logger: logger)
    return try await withRunning(client, body)
}

/// Runs the client while `body` works with it, and shuts it down after.
func withRunning<Result>(
    _ client: MemcachedClient,
    _ body: (MemcachedClient) async throws -> Result
) async throws -> Result {
    client.cluster.expectStart()
    let running = Task { try await client.cluster.run() }
    do {
        let result = try await body(client)
        await client.shutdown()
        try await running.value
        return result
    } catch {
        await client.shutdown()
        try await running.value
        throw error
    }
}
