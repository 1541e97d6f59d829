/// What attempts to connect, and the connections that came of them, have led to: it decides when the next attempt is made.
struct ConnectingHistory: Sendable {
    private var backoff: Backoff
    private var shortLives = 0
    private var isDown = false

    init(_ configuration: ClientConfiguration) {
        backoff = Backoff(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
    }

    mutating func follow(_ configuration: ClientConfiguration) {
        backoff.follow(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
    }

    /// Connections are made otherwise from now on, of which nothing is known.
    mutating func beginAnew() {
        backoff.reset()
        shortLives = 0
    }

    /// Returns whether the attempt before had failed.
    mutating func connected() -> Bool {
        defer { isDown = false }
        return isDown
    }

    enum Next: Equatable {
        case atOnce
        case after(Duration)
        /// The server hangs up on each new connection, which is as good as none.
        case failed
    }

    /// A connection was lost.
    mutating func ended(after lifetime: Duration) -> Next {
        if lifetime > backoff.maximum { backoff.reset() }
        guard lifetime <= backoff.initial else {
            shortLives = 0
            return .atOnce
        }
        shortLives += 1
        return shortLives > 1 ? .failed : .after(backoff.initial)
    }

    /// An attempt has failed. Returns how long to wait before the next one.
    mutating func failed(using generator: inout some RandomNumberGenerator) -> Duration {
        isDown = true
        return backoff.next(using: &generator)
    }
}
