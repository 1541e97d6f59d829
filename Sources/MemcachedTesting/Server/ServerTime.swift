#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Unix time as the server sees it: moved by hand, or by the wall clock and by hand.
struct ServerTime: Sendable {
    private let start: Double
    private let origin: ContinuousClock.Instant?
    private var advanced = Duration.zero

    init(followsWallClock: Bool) {
        // A virtual clock begins at a whole second, so that a lifetime of one second takes one second.
        let now = Date().timeIntervalSince1970
        start = followsWallClock ? now : now.rounded(.down)
        origin = followsWallClock ? .now : nil
    }

    /// In whole seconds.
    var unixTime: Int64 {
        let elapsed = advanced + (origin.map { .now - $0 } ?? .zero)
        let (seconds, attoseconds) = elapsed.components
        return seconds + Int64((start + Double(attoseconds) * 1e-18).rounded(.down))
    }

    mutating func advance(by duration: Duration) {
        advanced += max(duration, .zero)
    }
}
