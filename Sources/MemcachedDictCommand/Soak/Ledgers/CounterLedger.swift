/// What a counter may hold that many tasks add 1 to: each acknowledged addition has a number of its own, greater than those that
/// were acknowledged before it began, and no greater than all that were ever begun.
struct CounterLedger: Sendable {
    /// An addition that has begun.
    struct Ticket: Sendable {
        /// The greatest number that was acknowledged before.
        fileprivate let floor: UInt64
    }

    private var life = -1
    /// The greatest number that was acknowledged in this life.
    private var highest: UInt64 = 0
    /// Additions that may have been carried out in this life.
    private var begun: UInt64 = 0
    private var underWay: UInt64 = 0
    /// The last numbers that were given out.
    private var recent: [UInt64] = []

    private static let kept = 512

    private mutating func enter(life: Int) {
        guard life > self.life else { return }
        self.life = life
        highest = 0
        // Those that began before may reach this life.
        begun = underWay
        recent = []
    }

    mutating func begin(life: Int) -> Ticket {
        enter(life: life)
        underWay += 1
        begun += 1
        return Ticket(floor: highest)
    }

    /// An addition was acknowledged with the counter's new value.
    mutating func acknowledge(_ value: UInt64, _ ticket: Ticket, _ span: Span) -> Verdict {
        enter(life: span.end)
        defer { underWay -= 1 }
        guard span.isWithinOneLife, span.end == life else { return .skipped }
        guard value > ticket.floor else {
            return .wrong("it counts \(value) after it had counted \(ticket.floor)")
        }
        guard !recent.contains(value) else { return .wrong("it has counted \(value) twice") }
        guard value <= begun else { return .wrong("it counts \(value) after only \(begun) additions") }
        highest = max(highest, value)
        recent.append(value)
        if recent.count > Self.kept { recent.removeFirst() }
        return .right
    }

    /// It isn't known whether an addition was, or will be, carried out.
    mutating func leaveOpen(_ ticket: Ticket, _ span: Span) {
        enter(life: span.end)
        underWay -= 1
    }

    /// An addition was not carried out, and never will be.
    mutating func fail(_ ticket: Ticket, _ span: Span) {
        enter(life: span.end)
        underWay -= 1
        // In a later life it was counted in with those under way.
        begun -= 1
    }

    /// The counter was read while nobody added to it; 0 for a miss.
    mutating func rest(_ value: UInt64, _ span: Span) -> Verdict {
        enter(life: span.end)
        guard span.isWithinOneLife, span.end == life else { return .skipped }
        guard value >= highest else { return .wrong("it counts \(value) after it had counted \(highest)") }
        guard value <= begun else { return .wrong("it counts \(value) after only \(begun) additions") }
        defer { (highest, begun) = (value, value) }
        return value == highest ? .right : .explained
    }
}
