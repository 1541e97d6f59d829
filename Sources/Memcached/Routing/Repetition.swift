import MemcachedFraming

/// Whether a request that has failed may be sent to its server again. It is so once at the most, and only on a new connection.
struct Repetition {
    private var isSpent = false

    /// Whether the request may be sent again.
    mutating func goesOn(after failure: RequestFailure, _ request: Request) -> Bool {
        // The connection was being closed here: the slot that it belonged to tells why, or has another one.
        if failure.wasTurnedAway { return true }
        guard !isSpent, failure.allowsRepeating(request) else { return false }
        isSpent = true
        return true
    }
}

extension RequestFailure {
    /// Only what never reached the server, or what only reads, may be sent again.
    func allowsRepeating(_ request: Request) -> Bool {
        guard case .closed(let reason) = reason else { return false }
        if !mayHaveReachedServer { return true }
        switch reason {
        case .closedHere, .closedByPeer, .failed: return !request.isMutation
        // A peer that breaks the protocol or has stalled would do so again.
        case .stalled, .framing, .protocolViolation: return false
        }
    }

    fileprivate var wasTurnedAway: Bool {
        if case .closed(.closedHere) = reason { !mayHaveReachedServer } else { false }
    }
}

extension Opcode {
    package var onlyReads: Bool {
        switch loudTwin {
        case .get, .getWithKey, .stat, .version, .noop: true
        default: false
        }
    }

    package var isMutation: Bool { !onlyReads }
}
