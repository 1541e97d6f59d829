package import DequeModule
package import MemcachedFraming
package import NIOCore

/// What is on the wire: requests in the order in which their replies are due. It matches replies to them, and knows when the
/// peer breaks the protocol or has stopped answering. Pure state: it returns what is to be done, and does nothing itself.
package struct ConnectionStateMachine<Context: Sendable>: ~Copyable, Sendable {
    /// What a reply leads to.
    package enum ReplyAction: Sendable {
        /// The reply is one of several; nothing is complete yet.
        case wait
        /// A request is complete. Nobody waits for it where the context is nil. Its room is free again.
        case complete(Context?, Completion, requests: Int, bytes: Int)
        /// A request has failed, and its caller learns of it now; its other replies are still due, and are dropped.
        case fail(Context?, RequestFailure)
        /// The stream is out of step: the connection must be closed, and nothing more may be taken from it.
        case close(CloseReason)
    }

    private enum State: Sendable {
        case open
        /// Closes as soon as every reply has come.
        case draining
        case closed
    }

    private var state = State.open
    /// Whose reply is due next. It stands apart from the others so that replies are taken in place: a deque moves what it changes.
    private var front: PendingRequest<Context>?
    private var behind: Deque<PendingRequest<Context>> = []
    /// How many writes have not been answered in full.
    private var unansweredWrites = 0
    /// When the peer last sent something, or when it last owed nothing.
    private var lastProgress: NIODeadline
    private let stallTimeout: TimeAmount
    private let maximumBatchReplyBytes: Int

    package init(stallTimeout: TimeAmount, maximumBatchReplyBytes: Int = .max, now: NIODeadline) {
        self.stallTimeout = stallTimeout
        self.maximumBatchReplyBytes = maximumBatchReplyBytes
        lastProgress = now
    }

    package var isIdle: Bool { front == nil }

    /// Entries in flight, tombstones included.
    package var entryCount: Int { (front == nil ? 0 : 1) + behind.count }

    /// When the connection has to be looked at, if nothing arrives until then.
    package var stallDeadline: NIODeadline? {
        isIdle ? nil : lastProgress + stallTimeout
    }

    package var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Whether the connection has been asked to end, and nobody waits for what it still owes.
    package var isDrained: Bool {
        if case .draining = state { front?.context == nil && behind.allSatisfy { $0.context == nil } } else { false }
    }

    /// A request has been written by itself. Returns the moment at which it needs attention.
    package mutating func sent(_ request: consuming PendingRequest<Context>, now: NIODeadline) -> NIODeadline {
        let deadline = request.context == nil ? NIODeadline.distantFuture : request.deadline
        if isIdle {
            lastProgress = now
            front = request
        } else {
            behind.append(request)
        }
        endWrite()
        return min(deadline, lastProgress + stallTimeout)
    }

    /// Requests have been written. Returns the earliest moment at which one of them needs attention.
    package mutating func sent(_ requests: [PendingRequest<Context>], now: NIODeadline) -> NIODeadline? {
        guard let first = requests.first else { return nil }
        if isIdle {
            lastProgress = now
            front = first
            behind.append(contentsOf: requests.dropFirst())
        } else {
            behind.append(contentsOf: requests)
        }
        endWrite()
        var earliest = lastProgress + stallTimeout
        for request in requests where request.context != nil {
            earliest = min(earliest, request.deadline)
        }
        return earliest
    }

    /// The last request so far was the last one of a write.
    private mutating func endWrite() {
        unansweredWrites += 1
        if behind.isEmpty {
            front?.endsWrite = true
        } else {
            behind[behind.count - 1].endsWrite = true
        }
    }

    /// Until when what is queued now may wait for the replies to what has been written, so that it goes out together; nil where it may
    /// not. With few callers it never waits, since each has one request under way; nor where the server says nothing for a while.
    package var holdDeadline: NIODeadline? {
        unansweredWrites < HoldLimit.writes ? nil : lastProgress + HoldLimit.time
    }

    /// A frame has arrived, or enough of one, or the peer has taken some of what is being sent.
    package mutating func progressed(now: NIODeadline) {
        lastProgress = now
    }

    /// A reply has come.
    ///
    /// - Parameter mayPin: whether its value may keep more memory than values of a batch share.
    package mutating func received(_ reply: consuming Reply, mayPin: Bool = true) -> ReplyAction {
        guard !isClosed else { return .wait }
        let opcode = reply.opcode
        switch front?.received(consume reply, maximumBatchReplyBytes: maximumBatchReplyBytes, mayPin: mayPin) {
        case .wait:
            return .wait
        case .done(let completion):
            let (context, requests, bytes) = (front?.context, front?.requestCount ?? 0, front?.frameBytes ?? 0)
            if front?.endsWrite == true { unansweredWrites -= 1 }
            front = behind.popFirst()
            return .complete(context, completion, requests: requests, bytes: bytes)
        case .fail(let caller, let failure):
            return .fail(caller, failure)
        case .violation(let what):
            return .close(.protocolViolation(what))
        case nil:
            return .close(.protocolViolation("it sent a reply (\(opcode)) that nobody asked for"))
        }
    }

    /// Takes all the frames that have arrived whole.
    ///
    /// - Parameter answered: who is answered by them, and with what, in order.
    package mutating func receive(
        from decoder: inout FrameDecoder,
        now: NIODeadline,
        into answered: inout Deque<Answer<Context>>
    ) -> Reading {
        var reading = Reading()
        // All that has arrived lies in one piece of memory. It is asked for once, since each time is an access that the runtime checks.
        let mayPin = decoder.storageCapacity > PendingRequest<Context>.sharedCapacity
        do {
            while let frame = try decoder.next() {
                reading.hasFrames = true
                progressed(now: now)
                var reply = try Reply(frame)
                reply.opaque = OpaqueSpread.number(of: reply.opaque)
                switch received(consume reply, mayPin: mayPin) {
                case .wait:
                    break
                case .complete(let caller, let completion, let requests, let bytes):
                    reading.freedRequests += requests
                    reading.freedBytes += bytes
                    if let caller { answered.append(Answer(caller: caller, completion: completion)) }
                case .fail(let caller, let failure):
                    if let caller { answered.append(Answer(caller: caller, completion: .failure(failure))) }
                case .close(let reason):
                    reading.closeReason = reason
                    return reading
                }
            }
        } catch {
            reading.closeReason = .framing(error)
        }
        return reading
    }

    /// A caller gives up on a request that is on the wire. Its place stays, so that its reply is known when it comes.
    package mutating func abandon(id: UInt64) -> Context? {
        if front?.id == id {
            defer { front?.becomeTombstone() }
            return front?.context
        }
        guard let index = behind.firstIndex(where: { $0.id == id }) else { return nil }
        defer { behind[index].becomeTombstone() }
        return behind[index].context
    }

    /// Makes tombstones of all requests whose deadline has passed; returns their callers and the next deadline.
    package mutating func expire(now: NIODeadline) -> (contexts: [Context], next: NIODeadline) {
        var contexts: [Context] = []
        var next = stallDeadline ?? .distantFuture
        func expire(_ request: inout PendingRequest<Context>) {
            guard let context = request.context else { return }
            if request.deadline <= now {
                contexts.append(context)
                request.becomeTombstone()
            } else {
                next = min(next, request.deadline)
            }
        }
        if var first = front.take() {
            expire(&first)
            front = first
        }
        for index in behind.indices { expire(&behind[index]) }
        return (contexts, next)
    }

    /// No new requests will come.
    package mutating func drain() {
        if case .open = state { state = .draining }
    }

    /// The connection has ended. Returns everybody who still waits for a reply.
    package mutating func close() -> [Context] {
        state = .closed
        defer { (front, behind) = (nil, []) }
        return ([front?.context] + behind.map(\.context)).compactMap(\.self)
    }
}

private enum HoldLimit {
    /// With many callers this makes few large writes out of many small ones.
    static let writes = 3
    /// How long no reply may have come.
    static let time = TimeAmount.milliseconds(1)
}

/// One who waits, and what it gets.
package struct Answer<Context: Sendable>: Sendable {
    package let caller: Context
    package let completion: Completion
}

/// What came of what was read from the socket.
package struct Reading: Sendable {
    package internal(set) var hasFrames = false
    package internal(set) var freedRequests = 0
    package internal(set) var freedBytes = 0
    /// The stream is out of step: the connection must be closed.
    package internal(set) var closeReason: CloseReason?
}
