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
        /// The caller writes it itself, at once, and then calls ``finishDirectWrite(unwritten:)``.
        case writeHere([ByteBuffer])
        case refused(RequestFailure)
    }

    /// What the loop writes next. The loop keeps one, whose memory is used over and over.
    package struct Batch: Sendable {
        package internal(set) var segments: [ByteBuffer] = []
        package var requests: [PendingRequest<Context>] = []
        /// What a caller has written itself since the loop last looked.
        package internal(set) var written: WrittenRequest<Context>?
        /// Of those that are still queued.
        package internal(set) var earliestDeadline = NIODeadline.distantFuture
        fileprivate var spare = ByteBuffer()

        package init() {}

        /// What is kept for its memory: so many bytes, and room for so many requests.
        package static var keptBytes: Int { 64 * 1024 }
        package static var keptRequests: Int { 256 }

        /// All has been handed over: lets go of it, but for memory that is worth using again.
        package mutating func letGo() {
            if let first = segments.first, first.storageCapacity <= Self.keptBytes { spare = first }
            segments.removeAll(keepingCapacity: segments.capacity <= Self.keptRequests)
            requests.removeAll(keepingCapacity: requests.capacity <= Self.keptRequests)
        }
    }

    /// A submission that waits for room; not encoded yet.
    private struct Waiting: Sendable {
        let context: Context?
        let submission: Submission
        let size: SubmissionSize
        /// Nil where nobody asks how long it waits.
        let since: NIODeadline?
    }

    private enum State: Sendable {
        case open
        /// Takes nothing new; what is queued goes out.
        case draining
        case closed(CloseReason)
    }

    private let limits: Limits
    private var state = State.open
    private var directWrite = DirectWrite<Context>()
    private var pendingWrite = PendingWrite()
    /// What a caller writes to the socket itself; afterwards it is kept for its memory.
    private var directSegments: [ByteBuffer] = []
    private var pending: [PendingRequest<Context>] = []
    /// Of those whose requests are pending; or earlier, where one of them has given up.
    private var earliestPending = NIODeadline.distantFuture
    private var waiting = DeadlineQueue<Waiting>()
    /// When those began to wait that don't any more, as ``takeEndedWaits()`` tells.
    private var endedWaits: [NIODeadline] = []
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
    package var hasCallers: Bool {
        !waiting.isEmpty || directWrite.written?.request.context != nil || pending.contains { $0.context != nil }
    }

    /// Queues a submission: into the pending write where there is room, behind the others that wait where there is none.
    ///
    /// - Parameters:
    ///   - waits: whether it waits for room even where the limits say that others fail.
    ///   - now: the present, of a caller that can write to the socket itself; nil of one that can't.
    ///   - since: the present, where it is asked how long it waits for room.
    package mutating func submit(
        _ submission: Submission,
        id: UInt64,
        context: Context?,
        deadline: NIODeadline,
        waits: Bool = false,
        now: NIODeadline? = nil,
        since: NIODeadline? = nil
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
        let size = submission.size
        if waiting.isEmpty, hasRoom(for: size) {
            encode(submission, size, id: id, context: context, deadline: deadline)
            if let now, directWrite.begin(now: now, deadline: deadline, watchedDeadline: watchedDeadline) {
                return .writeHere(takeDirectSegments(now: now))
            }
            directWrite.forbid()
            // Who writes wakes the loop afterwards.
            wake = wake || !(isDrainScheduled || directWrite.isUnderWay)
        } else if limits.waits || waits {
            let caller = Waiting(context: context, submission: submission, size: size, since: since)
            waiting.append(caller, id: id, deadline: deadline)
        } else {
            return .refused(RequestFailure(.overloaded, mayHaveReachedServer: false))
        }
        if wake { expectDrain() }
        return .queued(wake: wake)
    }

    /// The loop is awake, and will take what there is before it sleeps: until then nobody needs to wake it.
    package mutating func expectDrain() {
        isDrainScheduled = true
        watchedDeadline = .uptimeNanoseconds(0)
        directWrite.forbid()
    }

    /// The loop learns of what a caller has written.
    package mutating func takeWritten() -> WrittenRequest<Context>? {
        directWrite.written.take()
    }

    /// The loop takes nothing now, but will by that moment, unless it is told to sooner. Until then only a deadline wakes it that is
    /// earlier than the one that is returned.
    package mutating func hold(until moment: NIODeadline) -> NIODeadline {
        isDrainScheduled = true
        watchedDeadline = min(moment, waiting.earliestDeadline, earliestPending)
        return watchedDeadline
    }

    /// The loop takes what is to be written, in place of what it took before. Where that is nothing it need not look again until it is
    /// woken; else it must, since nobody wakes it.
    ///
    /// Returns false, and takes nothing to be written, while a caller writes, which afterwards wakes the loop for what is queued by then.
    package mutating func take(into batch: inout Batch) -> Bool {
        batch.letGo()
        batch.written = directWrite.written.take()
        if directWrite.isUnderWay {
            isDrainScheduled = true
            watchedDeadline = min(waiting.earliestDeadline, earliestPending)
            batch.earliestDeadline = watchedDeadline
            return false
        }
        directWrite.forbid()
        batch.earliestDeadline = waiting.earliestDeadline
        if pendingWrite.isEmpty {
            isDrainScheduled = false
            watchedDeadline = batch.earliestDeadline
        } else {
            expectDrain()
        }
        swap(&batch.requests, &pending)
        earliestPending = .distantFuture
        pendingWrite.take(into: &batch.segments, reusing: &batch.spare)
        return true
    }

    /// Nothing has been submitted for a while: keeps no memory for what may come.
    package mutating func rest() {
        guard pendingWrite.isEmpty else { return }
        pending = []
        pendingWrite = PendingWrite()
        directSegments = []
    }

    /// Replies have arrived: gives their room to those that wait, in order. Returns whether there is something to write now.
    package mutating func release(requests: Int, bytes: Int) -> Bool {
        requestsInUse -= requests
        bytesInUse -= bytes
        while let first = waiting.first, hasRoom(for: first.size), let next = waiting.popFirst() {
            noteEndedWait(first)
            encode(first.submission, first.size, id: next.id, context: first.context, deadline: next.deadline)
        }
        return !pending.isEmpty
    }

    /// A caller gives up. Returns it and whether its request will still be sent; nil where it isn't here.
    package mutating func withdraw(id: UInt64) -> (context: Context, isEncoded: Bool)? {
        if let caller = waiting.remove(id: id) {
            noteEndedWait(caller)
            return caller.context.map { ($0, false) }
        }
        if directWrite.written?.request.id == id, let context = directWrite.written?.request.context.take() {
            return (context, true)
        }
        // What is encoded is bounded.
        guard let index = pending.firstIndex(where: { $0.id == id }), let context = pending[index].context else {
            return nil
        }
        pending[index].context = nil
        return (context, true)
    }

    /// Takes out everybody whose deadline has passed, and tells the next deadline. What a caller has written is the loop's from now on.
    package mutating func expire(
        now: NIODeadline
    ) -> (contexts: [(context: Context, isEncoded: Bool)], written: WrittenRequest<Context>?, next: NIODeadline) {
        var contexts: [(context: Context, isEncoded: Bool)] = []
        earliestPending = .distantFuture
        for index in pending.indices {
            guard let context = pending[index].context else { continue }
            if pending[index].deadline <= now {
                contexts.append((context, true))
                pending[index].context = nil
            } else {
                earliestPending = min(earliestPending, pending[index].deadline)
            }
        }
        let expired = waiting.expire(now: now)
        for caller in expired { noteEndedWait(caller) }
        contexts += expired.compactMap(\.context).map { ($0, false) }
        let next = min(earliestPending, waiting.earliestDeadline)
        watchedDeadline = next
        return (contexts, directWrite.written.take(), next)
    }

    /// Takes nothing new from now on.
    package mutating func drain() {
        if case .open = state { state = .draining }
    }

    /// Ends for good, and hands out everybody who is queued here, none of whose requests was written, and what a caller has written.
    package mutating func close(_ reason: CloseReason) -> (contexts: [Context], written: WrittenRequest<Context>?) {
        if case .closed = state { return ([], nil) }
        state = .closed(reason)
        let waited = waiting.removeAll()
        for caller in waited { noteEndedWait(caller) }
        let contexts = pending.compactMap(\.context) + waited.compactMap(\.context)
        pending = []
        pendingWrite = PendingWrite()
        directSegments = []
        requestsInUse = 0
        bytesInUse = 0
        return (contexts, directWrite.written.take())
    }

    private mutating func noteEndedWait(_ caller: Waiting) {
        if let since = caller.since { endedWaits.append(since) }
    }

    /// When those began to wait for room that don't wait any more, since they have it or have given up. Each is told once.
    package mutating func takeEndedWaits() -> [NIODeadline] {
        guard !endedWaits.isEmpty else { return [] }
        defer { endedWaits = [] }
        return endedWaits
    }

    /// A submission over the bounds goes out alone.
    private func hasRoom(for size: SubmissionSize) -> Bool {
        requestsInUse == 0
            || (requestsInUse + size.requests <= limits.requests && bytesInUse + size.bytes <= limits.bytes)
    }

    private mutating func encode(
        _ submission: Submission,
        _ size: SubmissionSize,
        id: UInt64,
        context: Context?,
        deadline: NIODeadline
    ) {
        let firstOpaque = nextOpaque
        nextOpaque &+= UInt32(truncatingIfNeeded: size.requests)
        requestsInUse += size.requests
        bytesInUse += size.bytes
        mostRequestsInUse = max(mostRequestsInUse, requestsInUse)
        mostBytesInUse = max(mostBytesInUse, bytesInUse)

        if context != nil { earliestPending = min(earliestPending, deadline) }
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
            (kind, opcode) = (.batch, requests.opcode)
            pendingWrite.append(requests.segments, numberedFrom: firstOpaque)
            let last = firstOpaque &+ UInt32(truncatingIfNeeded: requests.count)
            pendingWrite.append(.noop, opaque: OpaqueSpread.opaque(of: last))
        }
        pending.append(
            PendingRequest(
                id: id,
                context: context,
                kind: kind,
                opcode: opcode,
                firstOpaque: firstOpaque,
                requestCount: size.requests,
                frameBytes: size.bytes,
                deadline: deadline
            )
        )
    }
}

extension Outbox {
    /// All replies have come, and the channel holds nothing back: the next caller may write to the socket itself. Returns false where it
    /// may not: something is queued, a caller still writes, or the connection is ending.
    ///
    /// - Parameters:
    ///   - deadline: when the loop looks at the deadlines next, of its own accord.
    ///   - stallTimeout: how soon it has to look at a request that has been written.
    package mutating func allowDirectWrite(watching deadline: NIODeadline, stallTimeout: TimeAmount) -> Bool {
        guard case .open = state, !directWrite.isUnderWay else { return false }
        guard requestsInUse == 0, waiting.isEmpty, pendingWrite.isEmpty else { return false }
        directWrite.allow(stallTimeout: stallTimeout)
        isDrainScheduled = false
        watchedDeadline = deadline
        return true
    }

    /// The one request that is pending, for its caller to write.
    private mutating func takeDirectSegments(now: NIODeadline) -> [ByteBuffer] {
        directWrite.written = WrittenRequest(request: pending.removeLast(), moment: now)
        earliestPending = .distantFuture
        var spare = directSegments.first ?? ByteBuffer()
        pendingWrite.take(into: &directSegments, reusing: &spare)
        return directSegments
    }

    /// A caller has written what it could. Returns whether it must wake the loop, for the rest or for what others have queued meanwhile.
    package mutating func finishDirectWrite(unwritten: [ByteBuffer]) -> Bool {
        guard directWrite.finish() else { return false }
        if directSegments.count > 1 || (directSegments.first?.storageCapacity ?? 0) > Batch.keptBytes {
            directSegments = []
        }
        if case .closed = state { return false }
        pendingWrite.prepend(unwritten)
        // The loop may have looked meanwhile, and found that it must not write: it doesn't look again by itself.
        if pendingWrite.isEmpty { isDrainScheduled = false } else { expectDrain() }
        return isDrainScheduled
    }
}
