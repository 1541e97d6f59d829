import MemcachedFraming
package import NIOCore

extension Connection {
    /// Authenticates, before anything else is sent: a server that wants it hangs up on every other command.
    ///
    /// - Parameters:
    ///   - hasVerifiedTLS: whether the connection is one of TLS, to a server whose certificate is trusted.
    ///   - nonce: of SCRAM; new for each authentication.
    ///   - computation: of SCRAM's key, which must keep neither an event loop nor a task from its work. It is waited
    ///     for within the deadline, and until the task is cancelled.
    package func authenticate(
        with credentials: SASLCredentials,
        hasVerifiedTLS: Bool,
        deadline: NIODeadline,
        nonce: String = SCRAMExchange.makeNonce(),
        computation: PasswordDerivation.Computation = PasswordDerivation.compute
    ) async throws(AuthenticationFailure) {
        let offer = try await ask(.saslListMechanisms, deadline: deadline)
        guard offer.status != .unknownCommand else { throw .unknownToServer }
        guard offer.status == .success else { throw .unexpected(offer.status) }
        let mechanism = try credentials.mechanism(
            offered: SASLCredentials.offer(try Self.message(offer)),
            isPrivate: hasVerifiedTLS || isLocal
        )
        var exchange = credentials.exchange(by: mechanism, nonce: nonce)
        var reply = try await ask(.authenticating(by: mechanism, exchange.begin()), deadline: deadline)
        while reply.status == .authenticationContinues {
            let data = try await answer(try Self.message(reply), in: &exchange, deadline: deadline, computation)
            reply = try await ask(.continuing(mechanism, data), deadline: deadline)
        }
        switch reply.status {
        case .success:
            let message = try Self.message(reply)
            do { try exchange.succeeded(message) } catch { throw .exchange(error) }
        case .authenticationError: throw .exchange(.refused(reason: nil))
        default: throw .unexpected(reply.status)
        }
    }

    private func answer(
        _ message: [UInt8],
        in exchange: inout any SASLExchange,
        deadline: NIODeadline,
        _ computation: PasswordDerivation.Computation
    ) async throws(AuthenticationFailure) -> [UInt8] {
        let derivation: PasswordDerivation
        do throws(SASLFailure) {
            switch try exchange.challenged(message) {
            case .send(let bytes): return bytes
            case .derive(let wanted): derivation = wanted
            }
        } catch {
            throw .exchange(error)
        }
        let key = try await key(of: derivation, deadline: deadline, computation)
        do throws(SASLFailure) {
            return try exchange.derived(key)
        } catch {
            throw .exchange(error)
        }
    }

    private func key(
        of derivation: PasswordDerivation,
        deadline: NIODeadline,
        _ computation: PasswordDerivation.Computation
    ) async throws(AuthenticationFailure) -> [UInt8] {
        let wait = DerivationWait()
        let timer = eventLoop.scheduleTask(deadline: deadline) {
            wait.end(with: .failure(.derivationTimedOut(iterations: derivation.iterations)))
        }
        defer { timer.cancel() }
        computation(derivation, { wait.isWanted }) { result in
            wait.end(with: result.mapError { .exchange($0) })
        }
        return try await wait.outcome().get()
    }

    /// Whether the peer is on this machine, so that what is sent stays on it.
    private var isLocal: Bool {
        guard let peer = channel.remoteAddress else { return false }
        guard let text = peer.ipAddress else { return peer.pathname != nil }
        return text.hasPrefix("127.") || text == "::1" || text.hasPrefix("::ffff:127.")
    }

    private func ask(_ request: Request, deadline: NIODeadline) async throws(AuthenticationFailure) -> Reply {
        do {
            return try await send(request, deadline: deadline).get()
        } catch {
            throw .interrupted(error)
        }
    }

    private static func message(_ reply: Reply) throws(AuthenticationFailure) -> [UInt8] {
        let value = reply.value
        guard value.readableBytes <= maximumMessageBytes else {
            throw .exchange(.malformed("its message has \(value.readableBytes) bytes"))
        }
        return Array(value.readableBytesView)
    }

    /// Servers' own are below 200.
    private static let maximumMessageBytes = 4096
}

extension Request {
    fileprivate static func authenticating(
        by mechanism: SASLCredentials.Mechanism,
        _ data: [UInt8]
    ) throws(AuthenticationFailure) -> Request {
        do {
            return try .saslAuthenticate(mechanism: ItemKey(mechanism.rawValue), data: ByteBuffer(bytes: data))
        } catch {
            throw .exchange(.malformed("\(error)"))
        }
    }

    fileprivate static func continuing(
        _ mechanism: SASLCredentials.Mechanism,
        _ data: [UInt8]
    ) throws(AuthenticationFailure) -> Request {
        do {
            return try .saslStep(mechanism: ItemKey(mechanism.rawValue), data: ByteBuffer(bytes: data))
        } catch {
            throw .exchange(.malformed("\(error)"))
        }
    }
}
