#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// When an item ends. The server may drop it earlier: a cache promises no lifetime.
///
/// The server counts in whole seconds of its own clock, so that a lifetime of one second lasts between 0 and 1 seconds. The protocol
/// never tells the lifetime that remains, and each store sets it anew.
public enum Expiration: Hashable, Sendable {
    /// The item has no end of its own.
    case never
    /// After that time, rounded up to whole seconds. Zero or less: the item is over at once.
    case after(Duration)
    /// At that time, rounded up to whole seconds. In the past: the item is over at once.
    case at(Date)
}

extension Expiration {
    /// Up to this many seconds (30 days) the server takes a number as a lifetime, above it as a Unix time.
    package static let longestRelative: Int64 = 2_592_000
    /// A Unix time that has long passed. There is no negative expiration, and 0 means never.
    package static let alreadyOver: UInt32 = 2_592_001
    /// The last Unix time there is on the wire; 0xFFFFFFFF has a meaning of its own to INCREMENT.
    private static let latest: Int64 = 0xFFFF_FFFE

    /// The number on the wire. Lifetimes of up to 30 days are sent as such, so that a wrong clock on either side does no harm.
    ///
    /// - Parameter now: seconds since 1970.
    package func encoded(now: Double) -> UInt32 {
        switch self {
        case .never:
            return 0
        case .after(let duration):
            let (seconds, attoseconds) = duration.components
            guard seconds < Self.latest else { return UInt32(Self.latest) }
            return Self.encoded(seconds: seconds + (attoseconds > 0 ? 1 : 0), now: now)
        case .at(let date):
            let end = date.timeIntervalSince1970
            // A date that is not a number is over, too.
            guard end > now else { return Self.alreadyOver }
            guard end - now > Double(Self.longestRelative) else { return UInt32((end - now).rounded(.up)) }
            return UInt32(min(end.rounded(.up), Double(Self.latest)))
        }
    }

    private static func encoded(seconds: Int64, now: Double) -> UInt32 {
        guard seconds > 0 else { return alreadyOver }
        guard seconds > longestRelative else { return UInt32(seconds) }
        // A clock out of all reason must not trap.
        let today = min(max(0, now), Double(latest)).rounded(.up)
        return UInt32(min(seconds + Int64(today), latest))
    }
}
