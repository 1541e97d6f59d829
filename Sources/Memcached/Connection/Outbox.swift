import MemcachedFraming
package import NIOCore

/// The callers' end of a connection: what waits for room, and what is encoded and waits for the event loop to write it.
///
/// It is pure state. Callers and the event loop share it behind one lock; ``submit(_:id:context:deadline:)`` tells the one caller
/// that finds no drain scheduled to wake the loop, so that a batch of requests costs one wake-up.
package struct Outbox<Context: Sendable>: Sendable {
    package struct Limits: Sendable {
        package var requests: Int
        package var bytes: Int
        package var waits: Bool

        package init(requests: Int, bytes: Int, waits: Bool) {
            self.requests = requests
            self.bytes = bytes
            self.waits = waits
        }
    }

    /// What becomes of a submission.
    package enum Admission: Sendable {
        /// It is queued; whether the caller must wake the loop.
        case queued(wake: Bool)
        case refused(RequestFailure)
    }

    /// What the loop writes next.
    package struct Batch: Sendable {
        package var segments: [ByteBuffer]
        package var requests: [PendingRequest<Context>]
        /// Of those that still wait for room.
        package var earliestWaiting: NIODeadline
    }

    /// A submission that waits for room; not encoded yet.
    private struct Waiting: Sendable {
        let context: Context?
        let submission: Submission
    }

    private enum State: Sendable {
        case open
        /// Takes nothing new; what is queued goes out.
        case draining
        case closed(CloseReason)
    }

    private let limits: Limits
    private var state = State.open
    private var pendingWrite = PendingWrite()
    private var pending: [PendingRequest<Context>] = []
    private var waiting = DeadlineQueue<Waiting>()
    private var nextOpaque: UInt32
    /// Whether the loop is going to take what is pending.
    private var isDrainScheduled = false
    /// The loop looks at the deadlines of its own accord by then; only an earlier one must wake it.
    private var watchedDeadline = NIODeadline.distantFuture

    /// Requests encoded and not yet released, tombstones included.
    package private(set) var requestsInUse = 0
    package private(set) var bytesInUse = 0
    /// The most that were ever in use at a time.
    package private(set) var mostRequestsInUse = 0
    package private(set) var mostBytesInUse = 0

    package init(limits: Limits, firstOpaque: UInt32 = 1) {
        self.limits = limits
        nextOpaque = firstOpaque
    }

    package var waitingCount: Int { waiting.count }

    /// Whether somebody waits for what is queued here.
    package var hasCallers: Bool { !waiting.isEmpty || pending.contains { $0.context != nil } }

    /// Queues a submission: into the pending write where there is room, behind the others that wait where there is none.
    ///
    /// - Parameter waits: whether it waits for room even where the limits say that others fail.
    package mutating func submit(
        _ submission: Submission,
        id: UInt64,
        context: Context?,
        deadline: NIODeadline,
        waits: Bool = false
    ) -> Admission {
        switch state {
        case .draining:
            return .refused(RequestFailure(.closed(.closedHere), mayHaveReachedServer: false))
        case .closed(let reason):
            return .refused(RequestFailure(.closed(reason), mayHaveReachedServer: false))
        case .open:
            break
        }
        var wake = deadline < watchedDeadline
        if waiting.isEmpty, hasRoom(for: submission) {
            encode(submission, id: id, context: context, deadline: deadline)
            wake = wake || !isDrainScheduled
        } else if limits.waits || waits {
            waiting.append(Waiting(context: context, submission: submission), id: id, deadline: deadline)
        } else {
            return .refused(RequestFailure(.overloaded, mayHaveReachedServer: false))
        }
        if wake {
            isDrainScheduled = true
            watchedDeadline = .uptimeNanoseconds(0)
        }
        return .queued(wake: wake)
    }

    /// The loop takes what is to be written. Until the next submission it need not look again.
    package mutating func take() -> Batch {
        isDrainScheduled = false
        watchedDeadline = waiting.earliestDeadline
        let requests = pending
        pending = []
        return Batch(
            segments: pendingWrite.take(),
            requests: requests,
            earliestWaiting: watchedDeadline
        )
    }

    /// Replies have arrived: gives their room to those that wait, in order. Returns whether there is something to write now.
    package mutating func release(requests: Int, bytes: Int) -> Bool {
        requestsInUse -= requests
        bytesInUse -= bytes
        while let first = waiting.first, hasRoom(for: first.submission), let next = waiting.popFirst() {
            encode(first.submission, id: next.id, context: first.context, deadline: next.deadline)
        }
        return !pending.isEmpty
    }

    /// A caller gives up. Returns it and whether its request will still be sent; nil where it isn't here.
    package mutating func withdraw(id: UInt64) -> (context: Context, isEncoded: Bool)? {
        if let caller = waiting.remove(id: id) {
            return caller.context.map { ($0, false) }
        }
        // What is encoded is bounded.
        guard let index = pending.firstIndex(where: { $0.id == id }), let context = pending[index].context else {
            return nil
        }
        pending[index].context = nil
        return (context, true)
    }

    /// Takes out everybody whose deadline has passed, and tells the next deadline.
    package mutating func expire(
        now: NIODeadline
    ) -> (contexts: [(context: Context, isEncoded: Bool)], next: NIODeadline) {
        var contexts: [(context: Context, isEncoded: Bool)] = []
        var next = NIODeadline.distantFuture
        for index in pending.indices {
            guard let context = pending[index].context else { continue }
            if pending[index].deadline <= now {
                contexts.append((context, true))
                pending[index].context = nil
            } else {
                next = min(next, pending[index].deadline)
            }
        }
        contexts += waiting.expire(now: now).compactMap(\.context).map { ($0, false) }
        next = min(next, waiting.earliestDeadline)
        watchedDeadline = next
        return (contexts, next)
    }

    /// Takes nothing new from now on.
    package mutating func drain() {
        if case .open = state { state = .draining }
    }

    /// Ends for good, and hands out everybody who is queued here; none of their requests was written.
    package mutating func close(_ reason: CloseReason) -> [Context] {
        if case .closed = state { return [] }
        state = .closed(reason)
        let contexts = pending.compactMap(\.context) + waiting.removeAll().compactMap(\.context)
        pending = []
        _ = pendingWrite.take()
        requestsInUse = 0
        bytesInUse = 0
        return contexts
    }

    /// A submission over the bounds goes out alone.
    private func hasRoom(for submission: Submission) -> Bool {
        requestsInUse == 0
            || (requestsInUse + submission.requestCount <= limits.requests
                && bytesInUse + submission.frameBytes <= limits.bytes)
    }

    private mutating func encode(_ submission: Submission, id: UInt64, context: Context?, deadline: NIODeadline) {
        let firstOpaque = nextOpaque
        let requestCount = submission.requestCount
        let frameBytes = submission.frameBytes
        nextOpaque &+= UInt32(truncatingIfNeeded: requestCount)
        requestsInUse += requestCount
        bytesInUse += frameBytes
        mostRequestsInUse = max(mostRequestsInUse, requestsInUse)
        mostBytesInUse = max(mostBytesInUse, bytesInUse)

        let kind: PendingRequest<Context>.Kind
        let opcode: Opcode
        switch submission {
        case .single(let request):
            (kind, opcode) = (.single, request.opcode)
            pendingWrite.append(request, opaque: OpaqueSpread.opaque(of: firstOpaque))
        case .statistics(let request):
            (kind, opcode) = (.statistics, request.opcode)
            pendingWrite.append(request, opaque: OpaqueSpread.opaque(of: firstOpaque))
        case .batch(let requests):
            (kind, opcode) = (.batch, requests.first?.opcode ?? .noop)
            var opaque = firstOpaque
            for request in requests {
                pendingWrite.append(request, opaque: OpaqueSpread.opaque(of: opaque))
                opaque &+= 1
            }
            pendingWrite.append(.noop, opaque: OpaqueSpread.opaque(of: opaque))
        }
        pending.append(
            PendingRequest(
                id: id,
                context: context,
                kind: kind,
                opcode: opcode,
                firstOpaque: firstOpaque,
                requestCount: requestCount,
                frameBytes: frameBytes,
                deadline: deadline
            )
        )
    }
}
