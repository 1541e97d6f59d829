import NIOCore

/// Establishes connections to one server, handshake included, within the configuration's `connectTimeout`.
struct Connector: Sendable {
    let server: ServerAddress
    let configuration: ConnectionConfiguration
    let transport: any Transport
    let eventLoop: any EventLoop

    /// A connection that is ready for use. Where the server hangs up on STAT, it is asked for no statistics.
    func connect() async throws(MemcachedError) -> ReadyConnection {
        let deadline = eventLoop.now + TimeAmount(configuration.connectTimeout)
        do {
            return try await connect(.statistics, deadline: deadline)
        } catch .handshake(.hungUpOnStatistics) {
            do {
                return try await connect(.noop, deadline: deadline)
            } catch {
                throw memcachedError(error)
            }
        } catch {
            throw memcachedError(error)
        }
    }

    private enum Failure: Error {
        case transport(MemcachedError)
        case handshake(HandshakeFailure)
    }

    private func memcachedError(_ failure: Failure) -> MemcachedError {
        switch failure {
        case .transport(let error): error
        case .handshake(let failure): failure.error(server: server, isSecured: configuration.isSecured)
        }
    }

    private func connect(
        _ handshake: Handshake,
        deadline: NIODeadline
    ) async throws(Failure) -> ReadyConnection {
        var configuration = configuration
        configuration.connectTimeout = .nanoseconds(max(1, (deadline - eventLoop.now).nanoseconds))
        let connection: Connection
        do {
            connection = try await transport.connect(to: server, on: eventLoop, configuration: configuration)
        } catch {
            throw .transport(error)
        }
        // A channel that has closed tells no address any more.
        let peer = connection.channel.remoteAddress
        do {
            let properties = try await connection.perform(handshake, configuration: configuration, deadline: deadline)
            connection.beginIdleChecks()
            return ReadyConnection(connection: connection, properties: properties, peer: peer)
        } catch {
            connection.close()
            throw .handshake(error)
        }
    }
}
