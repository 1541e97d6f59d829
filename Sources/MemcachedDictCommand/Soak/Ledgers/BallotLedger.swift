/// What one task's column in a ballot may hold.
///
/// The column grows by the task's own updates alone: by each acknowledged one exactly once, by one of unknown outcome once at most,
/// by one that failed never.
struct BallotLedger: Sendable {
    private var life = -1
    private var confirmed = Ballot.Column()
    /// The numbers of updates whose outcome isn't known, in their order.
    private var pending: [Int] = []

    /// A call begins: what was stored in an earlier life of the server is gone.
    mutating func begin(life: Int) {
        guard life != self.life else { return }
        self.life = life
        confirmed = Ballot.Column()
        pending = []
    }

    /// An update was acknowledged, with what it has stored.
    mutating func acknowledge(_ number: Int, _ column: Ballot.Column, _ span: Span) -> Verdict {
        guard span.isWithinOneLife else {
            leaveOpen(number, span)
            return .skipped
        }
        pending.append(number)
        guard column.recent.last == number else {
            return .wrong("update \(number) was acknowledged, and isn't in what it stored")
        }
        defer { pending = [] }
        let grown = column.count - confirmed.count
        let verdict = observe(column, span)
        // It has grown by this update alone.
        return verdict == .explained && grown == 1 ? .right : verdict
    }

    /// It isn't known whether an update was, or will be, carried out.
    mutating func leaveOpen(_ number: Int, _ span: Span) {
        begin(life: span.end)
        pending.append(number)
    }

    /// The column was read.
    mutating func observe(_ column: Ballot.Column, _ span: Span) -> Verdict {
        guard span.isWithinOneLife, span.end == life else { return .skipped }
        let grown = column.count - confirmed.count
        guard grown >= 0 else {
            return .wrong("of \(confirmed.count) updates \(column.count) are left")
        }
        let new = column.recent.suffix(grown)
        let old = column.recent.dropLast(grown)
        guard old.elementsEqual(confirmed.recent.suffix(old.count)) else {
            return .wrong("updates \(confirmed.recent) have become \(Array(old))")
        }
        guard zip(new, new.dropFirst()).allSatisfy({ $0 < $1 }) else {
            return .wrong("updates are there twice or out of order: \(Array(new))")
        }
        guard grown <= pending.count, new.allSatisfy(pending.contains) else {
            return .wrong("updates \(Array(new)) are in, and of these only \(pending) may be")
        }
        confirmed = column
        // The item has changed since the older ones read it, so that they can't be carried out any more.
        if let last = new.last { pending.removeAll { $0 <= last } }
        return grown == 0 ? .right : .explained
    }

    /// All that was sent has been carried out or never will be.
    mutating func rest(_ column: Ballot.Column, _ span: Span) -> Verdict {
        defer { pending = [] }
        return observe(column, span)
    }
}
