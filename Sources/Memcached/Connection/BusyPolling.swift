import NIOCore

struct BusyPolling {
    private enum Phase {
        case sleeps(hits: Int)
        case polls(balance: Int)
    }
    private let time: TimeAmount
    private var phase = Phase.sleeps(hits: 0)
    private var neededHits = Self.leastNeeded
    private var lastRead = NIODeadline.uptimeNanoseconds(0)
    private var end: NIODeadline?

    static let leastNeeded = 16
    static let mostNeeded = 4096

    init(time: TimeAmount) { self.time = time }

    /// Something was read. Returns until when to poll for what comes next.
    mutating func read(at now: NIODeadline, isLight: Bool) -> Bool {
        guard time > .zero else { return false }
        let gap = now - lastRead
        lastRead = now
        switch phase {
        case .sleeps(let hits):
            let isHit = isLight && gap <= time * 2
            let hits = isHit ? hits + 1 : max(hits - 2, 0)
            guard hits >= neededHits else {
                phase = .sleeps(hits: hits)
                return false
            }
            phase = .polls(balance: Self.leastNeeded / 2)
        case .polls(let balance):
            if end != nil { note(balance + (isLight ? 1 : -1)) }
        }
        end = nil
        guard case .polls = phase, isLight else { return false }
        return true
    }

    mutating func begin(now: NIODeadline) { end = now + time }

    /// Nothing has come yet. Returns whether to look again.
    mutating func goesOn(now: NIODeadline) -> Bool {
        guard let end else { return false }
        if now < end { return true }
        self.end = nil
        if case .polls(let balance) = phase { note(balance - 2) }
        return false
    }

    private mutating func note(_ balance: Int) {
        if balance <= 0 {
            phase = .sleeps(hits: 0)
            neededHits = min(neededHits * 2, Self.mostNeeded)
        } else if balance >= Self.leastNeeded {
            neededHits = Self.leastNeeded
            phase = .polls(balance: Self.leastNeeded)
        } else {
            phase = .polls(balance: balance)
        }
    }
}
