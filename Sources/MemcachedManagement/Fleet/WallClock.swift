#if Management
import Foundation

/// This machine's time.
enum WallClock {
    /// In seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }
}
#endif
