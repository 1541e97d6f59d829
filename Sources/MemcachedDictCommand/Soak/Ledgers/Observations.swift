/// How many observations the ledgers could hold against what was stored: of no errors among none nothing can be said.
struct Observations: Encodable, Sendable, Equatable {
    /// Held against the one thing that it might be, right or wrong.
    private(set) var judged = 0
    /// So only because the outcome of a store isn't known.
    private(set) var explained = 0
    /// Not held against anything, since the server was killed meanwhile.
    private(set) var skipped = 0

    mutating func count(_ verdict: Verdict) {
        switch verdict {
        case .right, .wrong: judged += 1
        case .explained: explained += 1
        case .skipped: skipped += 1
        }
    }
}
