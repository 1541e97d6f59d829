package import NIOCore

/// A request that its caller has written to the socket, or is about to.
package struct WrittenRequest<Context: Sendable>: Sendable {
    package var request: PendingRequest<Context>
    package let moment: NIODeadline
}

/// Who may write to the socket: the event loop, or one caller in its place, which saves an idle connection's request the way over
/// the loop. Never two at a time.
struct DirectWrite<Context: Sendable>: Sendable {
    private enum Writer: Sendable {
        case loop
        /// The connection is idle. The loop has to look at what the caller writes after so long at the latest.
        case nextCaller(stallTimeout: TimeAmount)
        case caller
    }

    private var writer = Writer.loop
    /// What a caller has written, or writes now, and the loop does not know of yet.
    var written: WrittenRequest<Context>?

    /// Whether a caller writes now.
    var isUnderWay: Bool { if case .caller = writer { true } else { false } }

    /// The next caller may write.
    mutating func allow(stallTimeout: TimeAmount) {
        writer = .nextCaller(stallTimeout: stallTimeout)
    }

    /// The loop writes from now on, unless a caller does.
    mutating func forbid() {
        if !isUnderWay { writer = .loop }
    }

    /// A caller would like to write its request now. Returns whether it does, and ``written`` has to tell so; else the loop writes.
    ///
    /// - Parameters:
    ///   - deadline: that of the request.
    ///   - watchedDeadline: when the loop looks at deadlines. It sleeps, and must not learn of the request too late.
    mutating func begin(now: NIODeadline, deadline: NIODeadline, watchedDeadline: NIODeadline) -> Bool {
        guard case .nextCaller(let stallTimeout) = writer else { return false }
        guard watchedDeadline <= min(deadline, now + stallTimeout) else { return false }
        writer = .caller
        return true
    }

    /// The caller has written what it could. Returns whether there was one.
    mutating func finish() -> Bool {
        guard isUnderWay else { return false }
        writer = .loop
        return true
    }
}
