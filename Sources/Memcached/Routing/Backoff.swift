/// Waiting times that double, each drawn at random between half of its bound and all of it, so that a fleet of clients doesn't
/// return to a server all at once.
package struct Backoff: Sendable {
    private let initial: Duration
    private let maximum: Duration
    private var bound: Duration

    package init(initial: Duration, maximum: Duration) {
        self.initial = initial
        self.maximum = maximum
        bound = initial
    }

    /// The next waiting time.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let wait = bound * Double.random(in: 0.5...1, using: &generator)
        bound = min(bound * 2, maximum)
        return wait
    }

    package mutating func reset() {
        bound = initial
    }
}
