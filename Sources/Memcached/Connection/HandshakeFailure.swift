import NIOCore

/// Why a connection was not taken into use.
package enum HandshakeFailure: Error, Sendable {
    case failed(RequestFailure)
    /// The server answered NOOP and hung up on STAT without a word, as a proxy may that doesn't know it.
    case hungUpOnStatistics(RequestFailure)
    /// The server was started with `-S` and this connection has not authenticated.
    case authenticationRequired
    case authentication(AuthenticationFailure, user: String)
}

extension HandshakeFailure {
    /// - Parameter isSecured: whether the connection has TLS.
    package func error(server: ServerAddress, isSecured: Bool = false) -> MemcachedError {
        switch self {
        case .authenticationRequired:
            return MemcachedError(
                .authenticationRequired,
                "the server wants authentication (it runs with -S), and this client has no credentials for it; "
                    + "configure a user and a password",
                server: server
            )
        case .authentication(.interrupted(let failure), _):
            guard case .timedOut = failure.reason else {
                return HandshakeFailure.failed(failure).error(server: server, isSecured: isSecured)
            }
            return MemcachedError(
                .connectionFailed,
                "the server took the connection, but the authentication wasn't done in time; is the server stopped, overloaded, "
                    + "or one that speaks text only (-B ascii, -Y)?",
                server: server,
                cause: failure.error(server: server, isMutation: false)
            )
        case .authentication(let failure, let user):
            return MemcachedError(.authenticationFailed, failure.message(user: user), server: server)
        case .failed(let failure), .hungUpOnStatistics(let failure):
            switch failure.reason {
            case .timedOut:
                return MemcachedError(
                    .connectionFailed,
                    "the server took the connection but didn't answer the handshake in time; is it stopped or overloaded?",
                    server: server,
                    cause: failure.error(server: server, isMutation: false)
                )
            case .closed(.failed(let failure as TLSFailure)):
                return MemcachedError(
                    .connectionFailed,
                    "no TLS connection: \(failure.reason)",
                    server: server,
                    cause: failure.cause
                )
            case .closed(.closedHere), .closed(.closedByPeer), .closed(.stalled), .closed(.failed):
                let why = failure.error(server: server, isMutation: false)
                let guess =
                    isSecured
                    ? "it may demand a client certificate over TLS, or its log may tell why"
                    : "it may want TLS (memcached -Z), or its log may tell why"
                return MemcachedError(
                    .connectionFailed,
                    "the server took the connection, and then it ended before the handshake was done; \(guess)",
                    server: server,
                    cause: why.cause ?? why
                )
            default:
                return failure.error(server: server, isMutation: false)
            }
        }
    }
}
