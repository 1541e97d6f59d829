import NIOCore

/// How a connection comes into its place, and leaves it.
extension ConnectionSlot {
    /// Offers a new connection from now on, in place of the one before, which finishes what it has been sent.
    ///
    /// - Returns: whether it takes the place of one that was lost; nil where the slot is closed.
    func offer(_ ready: ReadyConnection) -> Bool? {
        let (waiters, replaced, isAgain) = guarded.withLock {
            guarded -> ([UnsafeContinuation<Answer, Never>], Connection?, Bool?) in
            var isAgain = guarded.wasConnected
            switch guarded.state {
            case .closed: return ([], nil, nil)
            case .ready: isAgain = false
            case .connecting, .failed: break
            }
            let replaced = guarded.own
            if let replaced { guarded.replaced.append(replaced) }
            guarded.own = ready.connection
            guarded.wasConnected = true
            guarded.state = .ready(ready)
            guarded.lender = nil
            return (guarded.waiters.leaveAll(), replaced, isAgain)
        }
        resume(waiters, returning: .success(ready))
        replaced?.closeWhenDrained()
        return isAgain
    }

    /// One of its own connections has closed.
    func ended(_ connection: Connection) {
        guarded.withLock { guarded in
            if guarded.own === connection { guarded.own = nil }
            guarded.replaced.removeAll { $0 === connection }
        }
        lost(connection)
    }

    /// What an attempt that failed comes to.
    enum Failed {
        case nobodyCanCall
        /// Another connection goes on serving.
        case anotherServes
        /// The next one will be made otherwise.
        case isOutdated
        case isClosed
    }

    func failed(_ error: MemcachedError) -> Failed {
        let (waiters, outcome) = guarded.withLock { guarded -> ([UnsafeContinuation<Answer, Never>], Failed) in
            switch guarded.state {
            case .closed: return ([], .isClosed)
            case _ where guarded.isOutdated: return ([], .isOutdated)
            case .ready: return ([], .anotherServes)
            case .connecting, .failed:
                guard guarded.lender == nil else { return ([], .anotherServes) }
                guarded.state = .failed(error)
                return (guarded.waiters.leaveAll(), .nobodyCanCall)
            }
        }
        resume(waiters, returning: .failure(error))
        return outcome
    }

    /// Goes by another configuration. Where connections are to be made otherwise, another one is made at once, which then takes the place
    /// of the one there is; where attempts are to be made at other times, one is made now if none is under way.
    func follow(_ configuration: ClientConfiguration, insteadOf before: ClientConfiguration) {
        if configuration.connection != before.connection {
            renew()
        } else if configuration.initialBackoff != before.initialBackoff
            || configuration.maximumBackoff != before.maximumBackoff
        {
            let interruption = guarded.withLock { $0.interruption }
            if let interruption, interruption.isPause { interruption.promise.succeed() }
        }
    }

    private func renew() {
        let interruption = guarded.withLock { guarded -> Interruption? in
            guarded.isOutdated = true
            // What speaks against the server may have been the settings.
            if case .failed = guarded.state { guarded.state = .connecting }
            return guarded.interruption
        }
        interruption?.promise.succeed()
    }
}
