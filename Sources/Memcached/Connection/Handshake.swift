import MemcachedFraming
package import NIOCore

/// What a new connection asks its server before anybody uses it, once it has authenticated where it has to.
package enum Handshake: Sendable {
    /// NOOP, STAT and `STAT settings`: the server's incarnation, its item size, and whether it keeps CAS.
    case statistics
    /// NOOP only, for a proxy that closes the connection on STAT.
    case noop
}

extension Connection {
    /// Authenticates with the configuration's credentials, then asks the server what ``Handshake`` says. A server that refuses to
    /// tell is taken as it is; one that wants authentication, or that doesn't speak the protocol, throws.
    package func perform(
        _ handshake: Handshake,
        configuration: ConnectionConfiguration,
        deadline: NIODeadline
    ) async throws(HandshakeFailure) -> ServerProperties {
        try await authenticate(configuration, deadline: deadline)
        switch handshake {
        case .statistics:
            // One after the other: the bounds may allow but one request, and a server that wants authentication hangs up
            // after the first. The NOOP comes first since its opcode is a line feed, without which a server that speaks text
            // only says nothing.
            _ = try accept(await send(.noop, deadline: deadline).map { [$0] })
            let general = try acceptStatistics(await sendStatistics(.stat(), deadline: deadline))
            let settings = try acceptStatistics(await sendStatistics(.stat(Self.settings), deadline: deadline))
            return ServerProperties(
                general: general,
                settings: settings,
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

    private func authenticate(
        _ configuration: ConnectionConfiguration,
        deadline: NIODeadline
    ) async throws(HandshakeFailure) {
        guard let credentials = configuration.credentials else { return }
        do throws(AuthenticationFailure) {
            try await authenticate(with: credentials, hasVerifiedTLS: configuration.hasVerifiedTLS, deadline: deadline)
        } catch {
            throw .authentication(error, user: credentials.user)
        }
    }

    private static let settings = try? ItemKey("settings")

    private func acceptStatistics(_ result: Result<[Reply], RequestFailure>) throws(HandshakeFailure) -> [Reply] {
        if case .failure(let failure) = result, failure.isHangUp { throw .hungUpOnStatistics(failure) }
        return try accept(result)
    }

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
        if let refusal = replies.first(where: { $0.opcode == .noop && $0.status != .success }) {
            let violation = CloseReason.protocolViolation("it answered NOOP with '\(refusal.status)'")
            throw .failed(RequestFailure(.closed(violation), mayHaveReachedServer: true))
        }
        return replies
    }
}

extension RequestFailure {
    /// Whether the peer hung up without a word. It is a reset where the peer hadn't read all of the request.
    fileprivate var isHangUp: Bool {
        switch reason {
        case .closed(.closedByPeer), .closed(.failed(is IOError)): true
        default: false
        }
    }
}
