import NIOConcurrencyHelpers

/// A time that only a test advances.
final class TestClock: Sendable {
    private let time = NIOLockedValueBox(ContinuousClock.now)

    var now: ContinuousClock.Instant { time.withLockedValue { $0 } }

    func advance(by duration: Duration) {
        time.withLockedValue { $0 = $0.advanced(by: duration) }
    }
}
