import MemcachedFraming
package import NIOCore

/// What a new connection asks its server before anybody uses it.
package enum Handshake: Sendable {
    /// STAT and `STAT settings`: the server's incarnation, its item size, and whether it keeps CAS.
    case statistics
    /// NOOP only, for a proxy that closes the connection on STAT.
    case noop
}

extension Connection {
    /// Asks the server what ``Handshake`` says. A server that refuses to tell is taken as it is; one that wants authentication, or
    /// that doesn't speak the protocol, throws.
    package func perform(
        _ handshake: Handshake,
        configuration: ConnectionConfiguration,
        deadline: NIODeadline
    ) async throws(HandshakeFailure) -> ServerProperties {
        switch handshake {
        case .statistics:
            async let generalReplies = sendStatistics(.stat(), deadline: deadline)
            async let settingsReplies = sendStatistics(.stat(Self.settings), deadline: deadline)
            let (general, settings) = await (generalReplies, settingsReplies)
            return ServerProperties(
                general: try accept(general),
                settings: try accept(settings),
                connectionID: Self.newID(),
                configuredItemSizeLimit: configuration.itemSizeLimit
            )
        case .noop:
            _ = try accept(await send(.noop, deadline: deadline).map { [$0] })
            return ServerProperties(
                general: [],
                settings: [],
                connectionID: Self.newID(),
                configuredItemSizeLimit: configuration.itemSizeLimit
            )
        }
    }

    private static let settings = try? ItemKey("settings")

    private func accept(_ result: Result<[Reply], RequestFailure>) throws(HandshakeFailure) -> [Reply] {
        let replies: [Reply]
        do {
            replies = try result.get()
        } catch {
            throw .failed(error)
        }
        if replies.contains(where: { $0.status == .authenticationError }) {
            throw .authenticationRequired
        }
        return replies
    }
}

/// Why a connection was not taken into use.
package enum HandshakeFailure: Error, Sendable {
    case failed(RequestFailure)
    /// The server was started with `-S` and this connection has not authenticated.
    case authenticationRequired
}

extension HandshakeFailure {
    package func error(server: ServerAddress) -> MemcachedError {
        switch self {
        case .authenticationRequired:
            MemcachedError(
                .authenticationRequired,
                "the server wants authentication (it runs with -S), and this client has no credentials for it",
                server: server
            )
        case .failed(let failure):
            if case .timedOut = failure.reason {
                MemcachedError(
                    .connectionFailed,
                    "the server took the connection but didn't answer the handshake in time; is it stopped or overloaded?",
                    server: server
                )
            } else {
                failure.error(server: server, isMutation: false)
            }
        }
    }

    /// Whether the server hung up on the handshake without a word, as a proxy may that doesn't know STAT.
    package var isHangUp: Bool {
        if case .failed(let failure) = self, case .closed(.closedByPeer) = failure.reason { true } else { false }
    }
}
