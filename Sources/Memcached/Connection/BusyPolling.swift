import NIOCore

/// Whether a connection's event loop looks for the next reply for a while before it sleeps.
///
/// To put a thread to sleep and wake it up again can take longer than a server on the same machine takes for its reply. Where one
/// caller after the other has a single request on the way, replies follow each other closely, and nothing else keeps the loop awake,
/// looking is faster, and costs little more. It is worth it only where the server is that close, so that this is watched: looking begins
/// after a number of replies that came soon enough, and ends where they no longer do. Each time it has been in vain it takes twice as
/// many until it begins again: a server that is too far away costs next to nothing.
struct BusyPolling {
    private enum Phase {
        /// So many replies came soon enough, more or less in a row.
        case sleeping(hits: Int)
        /// How much more often than not a reply has come in time.
        case polling(balance: Int)
    }

    /// For how long one reply is looked for.
    private let time: TimeAmount
    /// How long a reply from a server that is close takes at most.
    private let longestLatency: TimeAmount
    /// How far apart two replies are at most that are worth it. Awake, the loop saves a part of that time.
    private let longestGap: TimeAmount
    private var phase = Phase.sleeping(hits: 0)
    private var requiredHits = Self.fewestHits
    private var lastRead: NIODeadline?
    /// When the present search ends; nil where there is none.
    private var end: NIODeadline?

    private static let fewestHits = 16
    private static let mostHits = 4096
    private static let highestBalance = 16

    /// - Parameter time: for how long one reply is looked for; none where it is zero.
    init(time: TimeAmount) {
        self.time = time
        longestLatency = .nanoseconds(time.nanoseconds * 3 / 4)
        longestGap = .nanoseconds(time.nanoseconds * 4 / 3)
    }

    /// Something has been read. Returns whether to look for what comes next.
    ///
    /// - Parameters:
    ///   - written: when the request was written whose reply this is the first part of; nil where that is not known.
    ///   - isLight: whether no more than one caller is waiting, and no more than one has been answered.
    mutating func read(at now: NIODeadline, written: NIODeadline?, isLight: Bool) -> Bool {
        guard time > .zero else { return false }
        let gap = lastRead.map { now - $0 }
        lastRead = now
        let wasFound = end != nil
        end = nil
        guard isLight else {
            // Many callers keep the loop awake, and need the processor themselves.
            phase = .sleeping(hits: 0)
            return false
        }
        let isClose = written.map { now - $0 <= longestLatency } ?? true
        switch phase {
        case .sleeping(let hits):
            let isHit = isClose && gap.map { $0 <= longestGap } ?? false
            let hits = isHit ? hits + 1 : max(hits - 2, 0)
            phase = hits < requiredHits ? .sleeping(hits: hits) : .polling(balance: Self.highestBalance / 2)
        case .polling(let balance):
            if wasFound { weigh(isClose ? balance + 1 : balance - 1) }
        }
        guard case .polling = phase else { return false }
        end = now + time
        return true
    }

    /// Nothing has come yet. Returns whether to look again.
    mutating func goesOn(at now: NIODeadline) -> Bool {
        guard let end else { return false }
        guard now >= end else { return true }
        self.end = nil
        if case .polling(let balance) = phase { weigh(balance - 2) }
        return false
    }

    private mutating func weigh(_ balance: Int) {
        if balance <= 0 {
            phase = .sleeping(hits: 0)
            requiredHits = min(requiredHits * 2, Self.mostHits)
        } else {
            phase = .polling(balance: min(balance, Self.highestBalance))
            if balance >= Self.highestBalance { requiredHits = Self.fewestHits }
        }
    }
}
