/// Waiting times that double, each drawn at random between half of its bound and all of it, so that a fleet of clients doesn't
/// return to a server all at once.
package struct Backoff: Sendable {
    package private(set) var initial: Duration
    package private(set) var maximum: Duration
    private var bound: Duration

    package init(initial: Duration, maximum: Duration) {
        self.initial = initial
        self.maximum = maximum
        bound = initial
    }

    /// The next waiting time.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        // One draw, whatever the generator: Double.random draws again for as long as it doesn't like what it gets.
        let fraction = Double(generator.next() >> 11) / Double(1 << 53 as UInt64)
        let wait = bound * (0.5 + fraction / 2)
        bound = min(bound * 2, maximum)
        return wait
    }

    /// Takes other bounds, and begins anew where they differ.
    package mutating func follow(initial: Duration, maximum: Duration) {
        guard initial != self.initial || maximum != self.maximum else { return }
        self = Backoff(initial: initial, maximum: maximum)
    }

    package mutating func reset() {
        bound = initial
    }
}
