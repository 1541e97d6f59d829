package import NIOCore
package import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#else
import Darwin
#endif
#if canImport(Network)
import NIOTransportServices
#endif

/// TCP and Unix sockets, by swift-nio.
package struct SocketTransport: Transport {
    private let resolver: (any Resolver & Sendable)?

    /// - Parameter resolver: resolves host names; nil for the system's.
    package init(resolver: (any Resolver & Sendable)? = nil) {
        self.resolver = resolver
    }

    /// The event loops that are used where the user brings none.
    package static var defaultEventLoopGroup: any EventLoopGroup {
        MultiThreadedEventLoopGroup.singleton
    }

    package func connect(
        to server: ServerAddress,
        on eventLoop: any EventLoop,
        configuration: ConnectionConfiguration
    ) async throws(MemcachedError) -> Connection {
        let attempt = ConnectionAttempt()
        // In a task of its own, which a name that isn't resolved yet may hold up after this one has been cancelled.
        let connection = eventLoop.makeFutureWithTask {
            try await open(server, on: eventLoop, configuration: configuration, attempt: attempt)
        }
        do {
            return try await attempt.outcome(of: connection)
        } catch {
            throw Self.failure(error, connectingTo: server)
        }
    }

    private func open(
        _ server: ServerAddress,
        on eventLoop: any EventLoop,
        configuration: ConnectionConfiguration,
        attempt: ConnectionAttempt
    ) async throws -> Connection {
        let timeout = TimeAmount(configuration.connectTimeout)
        #if TLS
        let deadline = eventLoop.now + timeout
        #endif
        #if canImport(Network)
        // Its channels trap on options that they don't know.
        let tellsUnwrittenBytes = NIOTSConnectionBootstrap(validatingGroup: eventLoop) == nil
        #else
        let tellsUnwrittenBytes = true
        #endif
        let initialize = { @Sendable (channel: any Channel) -> EventLoopFuture<Opening> in
            channel.eventLoop.makeCompletedFuture {
                try attempt.add(channel)
                #if TLS
                let isVerified = try configuration.tls?.secure(channel, to: server, deadline: deadline)
                #else
                let isVerified: EventLoopFuture<Void>? = nil
                #endif
                let access = configuration.isSecured ? nil : Self.access(to: channel)
                let connection = try Connection.attach(
                    to: channel,
                    server: server,
                    configuration: configuration,
                    tellsUnwrittenBytes: tellsUnwrittenBytes,
                    writer: access,
                    probe: access
                )
                return Opening(connection: connection, isVerified: isVerified)
            }
        }
        let opening = try await connect(to: server, on: eventLoop, timeout: timeout, initialize)
        // Nobody gets the connection, and nothing is written to it, before TLS has verified the server.
        try await opening.isVerified?.get()
        return opening.connection
    }

    /// The channel's socket past the channel; nil where it has none, or none that this system lets others use.
    private static func access(to channel: any Channel) -> (any DirectWriter & ReadinessProbe)? {
        #if os(Linux)
        let operations = channel.pipeline.syncOperations
        let access = try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            SocketAccess(socket: $0)
        }
        return access ?? nil
        #else
        return nil
        #endif
    }

    /// A connection that is established, and may not be verified yet.
    private struct Opening: Sendable {
        let connection: Connection
        /// Nil without TLS.
        let isVerified: EventLoopFuture<Void>?
    }

    private func connect(
        to server: ServerAddress,
        on eventLoop: any EventLoop,
        timeout: TimeAmount,
        _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Opening>
    ) async throws -> Opening {
        #if canImport(Network)
        if let bootstrap = NIOTSConnectionBootstrap(validatingGroup: eventLoop) {
            return try await Self.connect(
                bootstrap.connectTimeout(timeout).channelOption(.socketOption(.tcp_nodelay), value: 1),
                to: server,
                initialize
            )
        }
        #endif
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .resolver(resolver)
            // A late write waits for nobody: a NOOP that closes a batch must not wait 40 ms for an acknowledgement.
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 256 * 1024, high: 1024 * 1024))
        switch server {
        case .host(let host, let port):
            return try await bootstrap.connect(host: host, port: port, channelInitializer: initialize)
        case .unixSocket(let path):
            return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initialize)
        }
    }

    #if canImport(Network)
    private static func connect(
        _ bootstrap: NIOTSConnectionBootstrap,
        to server: ServerAddress,
        _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Opening>
    ) async throws -> Opening {
        switch server {
        case .host(let host, let port):
            try await bootstrap.connect(host: host, port: port, channelInitializer: initialize)
        case .unixSocket(let path):
            try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initialize)
        }
    }
    #endif
}

extension SocketTransport {
    /// The error of a connection that could not be established, in words that name the usual causes.
    private static func failure(_ error: any Error, connectingTo server: ServerAddress) -> MemcachedError {
        if let error = error as? MemcachedError { return error }
        if error is CancellationError { return MemcachedError(.cancelled, "the task was cancelled", server: server) }
        return MemcachedError(
            .connectionFailed,
            "can't connect: \(reason(for: error))",
            server: server,
            cause: error
        )
    }

    private static func reason(for error: any Error) -> String {
        switch error {
        case let error as MemcachedError:
            error.message
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason(for: $0.error) } ?? "the name '\(error.host)' can't be resolved"
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            "connection refused; is memcached running there?"
        case let error as IOError where error.errnoCode == ENOENT:
            "there is no such socket; is memcached running with -s?"
        case ChannelError.connectTimeout:
            "no answer within connectTimeout"
        default:
            "\(error)"
        }
    }
}
