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
    private var inFlight = InFlightQueue<Context>()
    /// When the peer last sent something, or when it last owed nothing.
    private var lastProgress: NIODeadline
    private let stallTimeout: TimeAmount
    private let maximumBatchReplyBytes: Int

    package init(stallTimeout: TimeAmount, maximumBatchReplyBytes: Int = .max, now: NIODeadline) {
        self.stallTimeout = stallTimeout
        self.maximumBatchReplyBytes = maximumBatchReplyBytes
        lastProgress = now
    }

    package var isIdle: Bool { inFlight.isEmpty }

    /// Entries in flight, tombstones included.
    package var entryCount: Int { inFlight.count }

    /// When the connection has to be looked at, if nothing arrives until then.
    package var stallDeadline: NIODeadline? {
        isIdle ? nil : lastProgress + stallTimeout
    }

    package var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Whether the connection has been asked to end, and nobody waits for what it still owes.
    package var isDrained: Bool {
        if case .draining = state { !inFlight.hasCallers } else { false }
    }

    /// A request has been written by itself. Returns the moment at which it needs attention.
    package mutating func sent(_ request: consuming PendingRequest<Context>, now: NIODeadline) -> NIODeadline {
        if isIdle { lastProgress = now }
        let deadline = request.context == nil ? NIODeadline.distantFuture : request.deadline
        inFlight.append(request)
        return min(deadline, lastProgress + stallTimeout)
    }

    /// Requests have been written together; none is left in the array. Returns the earliest moment at which one of them needs attention.
    package mutating func sent(_ requests: inout [PendingRequest<Context>], now: NIODeadline) -> NIODeadline? {
        guard !requests.isEmpty else { return nil }
        if isIdle { lastProgress = now }
        var earliest = lastProgress + stallTimeout
        for index in requests.indices where requests[index].context != nil {
            earliest = min(earliest, requests[index].deadline)
        }
        inFlight.append(&requests)
        return earliest
    }

    /// Until when what is queued now may wait for the replies to what has been written, so that it goes out together; nil where it may
    /// not. With few callers it never waits, since each has one request under way; nor where the server says nothing for a while.
    package var holdDeadline: NIODeadline? {
        inFlight.writeCount < HoldLimit.writes ? nil : lastProgress + HoldLimit.time
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
        switch inFlight.receive(consume reply, maximumBatchReplyBytes: maximumBatchReplyBytes, mayPin: mayPin) {
        case .wait:
            return .wait
        case .done(let completion):
            let (caller, requests, bytes) = inFlight.removeFirst()
            return .complete(caller, completion, requests: requests, bytes: bytes)
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
        into answered: inout UniqueDeque<Answer<Context>>
    ) -> Reading {
        var reading = Reading()
        // All that has arrived lies in one piece of memory. It is asked for once, since each time is an access that the runtime checks.
        let mayPin = decoder.storageCapacity > PendingRequest<Context>.sharedCapacity
        do {
            while let frame = try decoder.next() {
                reading.hasFrames = true
                progressed(now: now)
                var reply = try Reply(consume frame)
                reply.opaque = OpaqueSpread.number(of: reply.opaque)
                let action = received(consume reply, mayPin: mayPin)
                switch consume action {
                case .wait:
                    break
                case .complete(let caller, let completion, let requests, let bytes):
                    reading.freedRequests += requests
                    reading.freedBytes += bytes
                    if let caller { answered.append(Answer(caller: caller, completion: consume completion)) }
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
        inFlight.abandon(id: id)
    }

    /// Makes tombstones of all requests whose deadline has passed; returns their callers and the next deadline.
    package mutating func expire(now: NIODeadline) -> (contexts: [Context], next: NIODeadline) {
        var contexts: [Context] = []
        var next = stallDeadline ?? .distantFuture
        inFlight.update { request in
            guard let context = request.context else { return }
            if request.deadline <= now {
                contexts.append(context)
                request.becomeTombstone()
            } else {
                next = min(next, request.deadline)
            }
        }
        return (contexts, next)
    }

    /// Nothing is in flight, and has not been for a while: keeps no memory for what may come.
    package mutating func rest() {
        if isIdle { inFlight = InFlightQueue() }
    }

    /// No new requests will come.
    package mutating func drain() {
        if case .open = state { state = .draining }
    }

    /// The connection has ended. Returns everybody who still waits for a reply.
    package mutating func close() -> [Context] {
        state = .closed
        var contexts: [Context] = []
        inFlight.update { request in
            if let context = request.context { contexts.append(context) }
        }
        inFlight = InFlightQueue()
        return contexts
    }
}

private enum HoldLimit {
    /// With many callers this makes few large writes out of many small ones.
    static let writes = 3
    /// How long no reply may have come.
    static let time = TimeAmount.milliseconds(1)
}

/// One who waits, and what it gets. Never copied: its reply's bytes are counted by all that share what was read together.
package struct Answer<Context: Sendable>: ~Copyable, Sendable {
    package let caller: Context
    package var completion: Completion?
}

/// What came of what was read from the socket.
package struct Reading: Sendable {
    package internal(set) var hasFrames = false
    package internal(set) var freedRequests = 0
    package internal(set) var freedBytes = 0
    /// The stream is out of step: the connection must be closed.
    package internal(set) var closeReason: CloseReason?
}
