#if Management
import NIOConcurrencyHelpers

/// How many browsers follow at a time, so that nobody can hold connections without end.
final class StreamCount: Sendable {
    private let limit: Int
    private let taken = NIOLockedValueBox(0)

    init(limit: Int) {
        self.limit = limit
    }

    var hasRoom: Bool { taken.withLockedValue { $0 < limit } }

    /// False where as many as may are there.
    func take() -> Bool {
        taken.withLockedValue { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
    }

    func giveBack() {
        taken.withLockedValue { $0 -= 1 }
    }
}
#endif
