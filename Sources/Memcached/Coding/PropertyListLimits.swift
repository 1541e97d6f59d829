/// What a stored property list may demand of its reader. Past a limit it is refused before it is decoded.
public struct PropertyListLimits: Hashable, Sendable {
    /// How many arrays and dictionaries may stand inside one another: 512, and never more, since the decoder works
    /// recursively.
    public let depth: Int

    /// How many objects may come out, each counted as often as it is referred to: 1,000,000.
    ///
    /// A binary list may share objects, so that a few hundred bytes can stand for billions. A list that doesn't share
    /// its arrays and dictionaries has at most as many objects as bytes, and passes always.
    public let objects: Int

    /// How many bytes of strings and data may come out, counted in the same way: 64 MiB. As many as the list itself has
    /// pass always.
    public let bytes: Int

    private static let largest = 1_024 * 1_024 * 1_024

    /// Limits; negative ones count as 0, a depth over 512 as 512, the others at most as 2^30.
    public init(depth: Int = 512, objects: Int = 1_000_000, bytes: Int = 64 * 1_024 * 1_024) {
        self.depth = min(max(depth, 0), 512)
        self.objects = min(max(objects, 0), Self.largest)
        self.bytes = min(max(bytes, 0), Self.largest)
    }
}
