import Memcached
import MemcachedFraming
import NIOCore

/// An outbox and a state machine, put together as the channel handler does, beside a plain record of who should be where.
///
/// What must hold: each caller comes back exactly once, not before its deadline has passed where that is why; the bounds are kept,
/// and all room is free when nothing is due; a reply reaches the request of its opaque, and nobody else; a timer is set in time
/// for everyone; nobody writes while another does, and what is queued has somebody who is going to write it.
struct ConnectionModel: ~Copyable {
    struct Entry {
        let caller: Int
        let submission: Submission
        let deadline: NIODeadline
        /// Once encoded.
        var firstOpaque: UInt32?
        var isWritten = false
    }

    /// What the server should answer next.
    struct Due {
        let opcode: Opcode
        let opaque: UInt32
        let memberOpcode: Opcode
    }

    /// So that opaques wrap around on the way.
    static let firstOpaque = UInt32.max - 8

    private static let maximumBatchReplyBytes = 256

    private static let stallTimeout = TimeAmount.nanoseconds(400)

    let limits: Outbox<Int>.Limits
    private(set) var outbox: Outbox<Int>
    private var machine: ConnectionStateMachine<Int>
    private var now = NIODeadline.uptimeNanoseconds(1_000)
    private var callers = 0
    private var isOver = false
    /// Everybody whose room is taken or who waits for some, in order, tombstones included.
    private(set) var entries: [Entry] = []
    /// What a caller is writing itself; nil where none does.
    private var writing: [ByteBuffer]?
    /// Who has written itself and the loop does not know of, and what that was.
    private var unknown: (caller: Int, segments: [ByteBuffer])?
    /// What a caller could not write, and goes out before all else.
    private var remainder: [ByteBuffer] = []
    /// Whether the loop is going to look at what is queued.
    private var isLoopDue = false
    /// When the loop looks at deadlines next, of its own accord.
    private var watched = NIODeadline.distantFuture
    private var outstanding: Set<Int> = []
    /// What has arrived for the first entry, while it isn't complete.
    private(set) var gathered: [Reply] = []
    /// What is being written; one for all, as the handler does it.
    private var batch = Outbox<Int>.Batch()
    /// What a slow peer hasn't taken yet, and the bytes that it must find there.
    private var held: [(segment: ByteBuffer, bytes: [UInt8])] = []

    init(requests: Int, bytes: Int, waits: Bool) {
        limits = Outbox<Int>.Limits(requests: requests, bytes: bytes, waits: waits)
        outbox = Outbox(limits: limits, firstOpaque: Self.firstOpaque)
        machine = ConnectionStateMachine(
            stallTimeout: Self.stallTimeout,
            maximumBatchReplyBytes: Self.maximumBatchReplyBytes,
            now: now
        )
    }

    var next: Due? {
        guard let head = entries.first, let first = head.firstOpaque else { return nil }
        let last = first &+ UInt32(head.submission.size.requests - 1)
        return switch head.submission {
        case .single(let request), .statistics(let request):
            Due(opcode: request.opcode, opaque: first, memberOpcode: request.opcode)
        case .batch(let requests):
            Due(opcode: .noop, opaque: last, memberOpcode: requests.opcode)
        }
    }

    mutating func submit(_ submission: Submission, lifetime: TimeAmount) {
        callers += 1
        let entry = Entry(caller: callers, submission: submission, deadline: now + lifetime)
        // Two of three callers can write themselves.
        let admission = outbox.submit(
            submission,
            id: UInt64(callers),
            context: callers,
            deadline: entry.deadline,
            now: callers % 3 == 0 ? nil : now
        )
        switch admission {
        case .queued(let wake):
            demand(!isOver, "what is over takes nothing new")
            if wake { isLoopDue = true }
            outstanding.insert(callers)
            entries.append(entry)
        case .writeHere(let segments):
            demand(!isOver && writing == nil && unknown == nil && entries.isEmpty, "only of an idle connection")
            demand(watched <= min(entry.deadline, now + Self.stallTimeout), "the loop learns of it in time")
            outstanding.insert(callers)
            entries.append(entry)
            writing = segments
            unknown = (callers, segments)
        case .refused(let failure):
            if case .overloaded = failure.reason {
                demand(!limits.waits && outbox.requestsInUse > 0, "it is refused only where there is no room")
            } else {
                demand(isOver, "an open connection takes what fits")
            }
        }
        checkBounds()
        checkSomebodyWrites()
    }

    /// A caller that writes itself is done, but for all that stands behind so many bytes.
    mutating func finishWriting(_ count: Int) {
        guard let segments = writing else { return }
        writing = nil
        var taken = count
        let left = segments.compactMap { segment -> ByteBuffer? in
            var segment = segment
            let length = min(taken, segment.readableBytes)
            taken -= length
            segment.moveReaderIndex(forwardBy: length)
            return segment.readableBytes > 0 ? segment : nil
        }
        let isClosed = machine.isClosed
        if outbox.finishDirectWrite(unwritten: left) {
            demand(!isClosed, "nobody wakes a loop whose connection has ended")
            isLoopDue = true
        }
        if !isClosed { remainder = left }
        checkSomebodyWrites()
    }

    /// The loop learns of what a caller has written.
    private mutating func learn(_ written: WrittenRequest<Int>?) {
        guard let written else { return }
        guard let index = entries.firstIndex(where: { UInt64($0.caller) == written.request.id }),
            let (caller, segments) = unknown, caller == entries[index].caller
        else { fatalError("broken: it learns of what was written, once") }
        unknown = nil
        entries[index].isWritten = true
        entries[index].firstOpaque = written.request.firstOpaque
        checkSegments(segments, of: [entries[index]])
        let timer = machine.sent(written.request, now: written.moment)
        demand(written.request.context == nil || timer <= written.request.deadline, "a timer for what is written")
        watched = min(watched, timer)
    }

    /// The loop wakes, since bytes have arrived.
    mutating func wake() {
        outbox.expectDrain()
        isLoopDue = true
        learn(outbox.takeWritten())
    }

    mutating func write() {
        let isTaken = outbox.take(into: &batch)
        learn(batch.written)
        defer { batch.letGo() }
        demand(batch.earliestDeadline <= earliestWaiting, "a timer for those who wait")
        watched = min(watched, batch.earliestDeadline)
        guard isTaken else {
            demand(writing != nil, "nothing else keeps the loop from writing")
            demand(batch.earliestDeadline <= earliestPending, "a timer for those who are queued")
            isLoopDue = false
            return checkSomebodyWrites()
        }
        demand(writing == nil, "one writes at a time")
        isLoopDue = !batch.segments.isEmpty
        var written: [Entry] = []
        for request in batch.requests {
            guard let index = entries.firstIndex(where: { UInt64($0.caller) == request.id }) else {
                fatalError("broken: what is written was submitted")
            }
            demand(!entries[index].isWritten, "each request is written once")
            entries[index].isWritten = true
            entries[index].firstOpaque = request.firstOpaque
            written.append(entries[index])
        }
        demand(Array(batch.segments.prefix(remainder.count)) == remainder, "what is left goes first")
        checkSegments(Array(batch.segments.dropFirst(remainder.count)), of: written)
        remainder = []
        // Every other write stays with the channel for a while.
        if callers & 1 == 0 { held += batch.segments.map { ($0, Array($0.readableBytesView)) } }
        if held.count > 8 { held.removeFirst(held.count - 8) }
        checkHeld()
        let requests = batch.requests
        let timer = machine.sent(&batch.requests, now: now)
        for request in requests where request.context != nil {
            demand(timer.map { $0 <= request.deadline } ?? false, "a timer for what is written")
        }
        if let timer { watched = min(watched, timer) }
        checkSomebodyWrites()
    }

    mutating func receive(_ reply: Reply) {
        machine.progressed(now: now)
        switch machine.received(reply) {
        case .wait:
            gathered.append(reply)
        case .fail(let caller, let failure):
            gathered.append(reply)
            let bytes = gathered.reduce(0) { $0 + $1.keyAndValue.readableBytes }
            demand(bytes > Self.maximumBatchReplyBytes, "only what is too much fails")
            guard let caller, case .repliesTooLarge = failure.reason else {
                fatalError("broken: who has left learns of nothing")
            }
            demand(caller == entries.first?.caller, "the batch that is due has failed")
            comesBack(caller)
        case .close:
            close()
        case .complete(let caller, let completion, let requests, let bytes):
            demand(!entries.isEmpty && entries[0].isWritten, "a reply has a request")
            let entry = entries.removeFirst()
            demand(requests == entry.submission.size.requests, "its room is free again")
            demand(bytes == entry.submission.size.bytes, "its bytes are free again")
            if let caller {
                demand(caller == entry.caller, "a reply is given to the request that is due")
                comesBack(caller)
            } else {
                demand(!outstanding.contains(entry.caller), "only who has come back gets no reply")
            }
            if caller != nil { check(completion, of: entry, last: reply) }
            gathered = []
            _ = outbox.release(requests: requests, bytes: bytes)
            allowDirectWrite()
        }
        checkBounds()
    }

    private mutating func allowDirectWrite() {
        let watched = min(watched, now + .nanoseconds(200))
        guard machine.isIdle, outbox.allowDirectWrite(watching: watched, stallTimeout: Self.stallTimeout) else {
            return write()
        }
        demand(writing == nil && entries.isEmpty && remainder.isEmpty && !isOver, "only of an idle connection")
        self.watched = watched
        isLoopDue = false
    }

    mutating func abandon(number: Int) {
        guard entries.indices.contains(number) else { return }
        let id = UInt64(entries[number].caller)
        if let (caller, isEncoded) = outbox.withdraw(id: id) {
            demand(!entries[number].isWritten && caller == entries[number].caller, "it is withdrawn where it is")
            comesBack(caller)
            if !isEncoded { entries.remove(at: number) }
        } else if let caller = machine.abandon(id: id) {
            demand(entries[number].isWritten && caller == entries[number].caller, "it is abandoned where it is")
            comesBack(caller)
        }
        if outbox.release(requests: 0, bytes: 0) { write() }
        checkBounds()
    }

    mutating func pass(_ time: TimeAmount) { now = now + time }

    mutating func expire() {
        let queued = outbox.expire(now: now)
        learn(queued.written)
        for (caller, isEncoded) in queued.contexts {
            demand(entries.contains { $0.caller == caller && $0.deadline <= now && !$0.isWritten }, "its time is over")
            comesBack(caller)
            if !isEncoded { entries.removeAll { $0.caller == caller } }
        }
        let written = machine.expire(now: now)
        watched = min(queued.next, written.next)
        for caller in written.contexts {
            demand(entries.contains { $0.caller == caller && $0.deadline <= now && $0.isWritten }, "its time is over")
            comesBack(caller)
        }
        for entry in entries where outstanding.contains(entry.caller) {
            demand(entry.deadline > now, "nobody waits past the deadline")
            demand((entry.isWritten ? written.next : queued.next) <= entry.deadline, "a timer for everyone")
        }
        if let stalled = machine.stallDeadline, stalled <= now { return close() }
        if outbox.release(requests: 0, bytes: 0) { write() }
        checkBounds()
    }

    mutating func drain() {
        outbox.drain()
        write()
        machine.drain()
        isOver = true
        if machine.isDrained, !outbox.hasCallers { close() }
    }

    mutating func close() {
        isOver = true
        let queued = outbox.close(.closedHere)
        learn(queued.written)
        for caller in machine.close() { comesBack(caller) }
        for caller in queued.contexts { comesBack(caller) }
        entries = []
        remainder = []
        gathered = []
        demand(outstanding.isEmpty, "everybody comes back")
        demand(outbox.requestsInUse == 0 && outbox.bytesInUse == 0, "all room is free")
    }

    mutating func finish() {
        close()
        close()
        finishWriting(0)
        submit(.single(.noop), lifetime: .seconds(1))
        demand(outbox.take(into: &batch), "nobody writes")
        demand(batch.requests.isEmpty && outbox.waitingCount == 0, "nothing is left")
    }
}

extension ConnectionModel {
    private func checkHeld() {
        for (segment, bytes) in held {
            demand(segment.readableBytesView.elementsEqual(bytes), "nobody changes what a channel still reads")
        }
    }

    private mutating func comesBack(_ caller: Int) {
        demand(outstanding.remove(caller) != nil, "a caller comes back once")
    }

    /// What is encoded and neither taken nor written yet.
    private var pending: [Entry] {
        entries.dropLast(outbox.waitingCount).filter { !$0.isWritten && $0.caller != unknown?.caller }
    }

    private func checkSomebodyWrites() {
        demand(isLoopDue || writing != nil || (pending.isEmpty && remainder.isEmpty), "somebody is going to write")
    }

    private var earliestPending: NIODeadline {
        pending.filter { outstanding.contains($0.caller) }.map(\.deadline).min() ?? .distantFuture
    }

    private var earliestWaiting: NIODeadline {
        entries.suffix(outbox.waitingCount).map(\.deadline).min() ?? .distantFuture
    }
}
