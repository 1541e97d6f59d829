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

    func take() {
        taken.withLockedValue { $0 += 1 }
    }

    func giveBack() {
        taken.withLockedValue { $0 -= 1 }
    }
}
#endif
