import DequeModule
import MemcachedFraming
import NIOCore

/// The requests whose replies are due, in their order.
///
/// Those that were written together stay in their array until all of them are answered, and take their replies where they are: none is
/// ever copied.
struct InFlightQueue<Context: Sendable>: ~Copyable, Sendable {
    typealias Entry = PendingRequest<Context>

    /// The oldest write that has not been answered in full.
    private var current: [Entry] = []
    /// In it, the request whose reply is due next. Those before it have been answered.
    private var next = 0
    private var later: Deque<[Entry]> = []
    /// An array that has been answered, kept for its memory.
    private var spare: [Entry] = []
    /// Requests in flight, tombstones included.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// How many writes have not been answered in full.
    var writeCount: Int { current.isEmpty ? 0 : 1 + later.count }

    /// Requests have been written together. Leaves none, but memory for the next ones.
    mutating func append(_ write: inout [Entry]) {
        guard !write.isEmpty else { return }
        count += write.count
        swap(&write, &spare)
        if current.isEmpty {
            swap(&current, &spare)
        } else {
            later.append(spare)
            spare = []
        }
    }

    /// A request has been written by itself.
    mutating func append(_ request: consuming Entry) {
        if current.isEmpty {
            count += 1
            current.append(request)
        } else {
            var write: [Entry] = []
            swap(&write, &spare)
            write.append(request)
            append(&write)
        }
    }

    /// A reply has come for the first one. Nil where none is due.
    @inline(__always)
    mutating func receive(_ reply: consuming Reply, maximumBatchReplyBytes: Int, mayPin: Bool) -> Entry.Step? {
        guard !isEmpty else { return nil }
        return current[next].received(consume reply, maximumBatchReplyBytes: maximumBatchReplyBytes, mayPin: mayPin)
    }

    /// The first one is answered. Returns who waited for it, and the room that it took.
    mutating func removeFirst() -> (caller: Context?, requests: Int, bytes: Int) {
        let answered = (current[next].context, current[next].requestCount, current[next].frameBytes)
        current[next].becomeTombstone()
        next += 1
        count -= 1
        if next == current.count { endCurrent() }
        return answered
    }

    private mutating func endCurrent() {
        next = 0
        current.removeAll(keepingCapacity: current.capacity <= Outbox<Context>.Batch.keptRequests)
        guard let following = later.popFirst() else { return }
        swap(&current, &spare)
        current = following
    }

    /// Whether anybody waits.
    var hasCallers: Bool {
        current.dropFirst(next).contains { $0.context != nil } || later.contains { $0.contains { $0.context != nil } }
    }

    /// Nobody waits for that request any more. Its place stays, so that its reply is known when it comes. Returns who waited.
    mutating func abandon(id: UInt64) -> Context? {
        var caller: Context?
        update { entry in
            guard entry.id == id else { return }
            caller = entry.context
            entry.becomeTombstone()
        }
        return caller
    }

    /// Calls `body` with each in order.
    mutating func update(_ body: (inout Entry) -> Void) {
        for index in current.indices.dropFirst(next) { body(&current[index]) }
        for write in later.indices {
            for index in later[write].indices { body(&later[write][index]) }
        }
    }
}
