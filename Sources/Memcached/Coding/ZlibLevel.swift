import CZlib

/// How hard zlib tries, 0 to 9: higher is smaller and slower.
public struct ZlibLevel: Hashable, Sendable {
    /// The level as zlib counts it.
    public let value: Int

    /// A level from 0 (stored, never kept since it doesn't get smaller) to 9. Nil for any other number.
    public init?(_ value: Int) {
        guard (0...9).contains(value) else { return nil }
        self.value = value
    }

    private init(known value: Int32) {
        self.value = Int(value)
    }

    /// Level 1.
    public static let fastest = ZlibLevel(known: Z_BEST_SPEED)
    /// Level 6, what zlib itself holds for a good compromise.
    public static let standard = ZlibLevel(known: 6)
    /// Level 9.
    public static let smallest = ZlibLevel(known: Z_BEST_COMPRESSION)
}
