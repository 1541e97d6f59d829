/// What a ledger says to something that was observed.
enum Verdict: Sendable, Equatable {
    /// It is as it must be.
    case right
    /// It may be so only because the outcome of a store isn't known.
    case explained
    /// It can't be held against anything: the server was killed meanwhile.
    case skipped
    /// What is wrong, in words.
    case wrong(String)

    var defect: String? { if case .wrong(let defect) = self { defect } else { nil } }
}
