import DequeModule
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
    private var inFlight: Deque<PendingRequest<Context>> = []
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
        inFlight.isEmpty ? nil : lastProgress + stallTimeout
    }

    package var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Whether the connection has been asked to end, and nobody waits for what it still owes.
    package var isDrained: Bool {
        if case .draining = state { inFlight.allSatisfy { $0.context == nil } } else { false }
    }

    /// Requests have been written. Returns the earliest moment at which one of them needs attention.
    package mutating func sent(_ requests: [PendingRequest<Context>], now: NIODeadline) -> NIODeadline? {
        guard !requests.isEmpty else { return nil }
        if inFlight.isEmpty {
            lastProgress = now
        }
        inFlight.append(contentsOf: requests)
        var earliest = lastProgress + stallTimeout
        for request in requests where request.context != nil {
            earliest = min(earliest, request.deadline)
        }
        return earliest
    }

    /// A frame has arrived, or enough of one, or the peer has taken some of what is being sent.
    package mutating func progressed(now: NIODeadline) {
        lastProgress = now
    }

    package mutating func received(_ reply: Reply) -> ReplyAction {
        guard !isClosed else { return .wait }
        guard !inFlight.isEmpty else {
            return .close(.protocolViolation("it sent a reply (\(reply.opcode)) that nobody asked for"))
        }
        let offset = Int(clamping: reply.opaque &- inFlight[0].firstOpaque)
        guard offset < inFlight[0].requestCount else {
            return .close(.protocolViolation("it sent a reply with an opaque that is not due (\(reply.opcode))"))
        }
        switch inFlight[0].kind {
        case .single:
            guard reply.opcode == inFlight[0].opcode else { return mismatch(reply) }
            return complete(.reply(reply))
        case .statistics:
            guard reply.opcode == inFlight[0].opcode else { return mismatch(reply) }
            // The terminator has neither key nor value; an error ends the replies as well, without one.
            if reply.status == .success, reply.keyLength > 0 {
                guard inFlight[0].replies.count < StatisticsLimit.replies else {
                    return .close(.protocolViolation("it sent more than \(StatisticsLimit.replies) statistics"))
                }
                inFlight[0].replyBytes += reply.keyAndValue.readableBytes
                guard inFlight[0].replyBytes <= StatisticsLimit.bytes else {
                    return .close(.protocolViolation("it sent more than \(StatisticsLimit.bytes) bytes of statistics"))
                }
                inFlight[0].keepStatistic(reply)
                return .wait
            }
            if reply.status != .success {
                inFlight[0].replies = [reply]
            }
            return complete(.replies(inFlight[0].replies))
        case .batch:
            if offset == inFlight[0].requestCount - 1 {
                guard reply.opcode == .noop else { return mismatch(reply) }
                // Only a NOOP that succeeded says that the quiet requests before it did.
                guard reply.status == .success else {
                    return .close(.protocolViolation("it answered the NOOP behind a batch with '\(reply.status)'"))
                }
                return complete(.replies(inFlight[0].replies))
            }
            guard reply.opcode == inFlight[0].opcode else { return mismatch(reply) }
            if let last = inFlight[0].replies.last, last.opaque >= UInt32(truncatingIfNeeded: offset) {
                return .close(.protocolViolation("it sent a batch's replies twice or out of order"))
            }
            var indexed = reply
            indexed.opaque = UInt32(truncatingIfNeeded: offset)
            inFlight[0].keep(indexed)
            guard inFlight[0].replyBytes <= maximumBatchReplyBytes else {
                defer { inFlight[0].becomeTombstone() }
                let failure = RequestFailure(
                    .repliesTooLarge(limit: maximumBatchReplyBytes),
                    mayHaveReachedServer: true
                )
                return .fail(inFlight[0].context, failure)
            }
            return .wait
        }
    }

    /// A caller gives up on a request that is on the wire. Its place stays, so that its reply is known when it comes.
    package mutating func abandon(id: UInt64) -> Context? {
        guard let index = inFlight.firstIndex(where: { $0.id == id }) else { return nil }
        defer { inFlight[index].becomeTombstone() }
        return inFlight[index].context
    }

    /// Makes tombstones of all requests whose deadline has passed; returns their callers and the next deadline.
    package mutating func expire(now: NIODeadline) -> (contexts: [Context], next: NIODeadline) {
        var contexts: [Context] = []
        var next = stallDeadline ?? .distantFuture
        for index in inFlight.indices {
            guard let context = inFlight[index].context else { continue }
            if inFlight[index].deadline <= now {
                contexts.append(context)
                inFlight[index].becomeTombstone()
            } else {
                next = min(next, inFlight[index].deadline)
            }
        }
        return (contexts, next)
    }

    /// No new requests will come.
    package mutating func drain() {
        if case .open = state { state = .draining }
    }

    /// The connection has ended. Returns everybody who still waits for a reply.
    package mutating func close() -> [Context] {
        state = .closed
        defer { inFlight = [] }
        return inFlight.compactMap(\.context)
    }

    private mutating func complete(_ completion: Completion) -> ReplyAction {
        let done = inFlight.removeFirst()
        return .complete(done.context, completion, requests: done.requestCount, bytes: done.frameBytes)
    }

    private func mismatch(_ reply: Reply) -> ReplyAction {
        .close(.protocolViolation("it answered \(inFlight[0].opcode) with \(reply.opcode)"))
    }
}

/// A server tells some hundreds of statistics at the most; `detail dump` a line for each prefix in one.
private enum StatisticsLimit {
    static let replies = 100_000
    /// Names and texts together.
    static let bytes = 16 * 1024 * 1024
}

/// Servers say in a few words why they refuse; nobody reads more.
private enum RefusalLimit {
    static let bytes = 1024
}

extension PendingRequest {
    /// Its reply will be dropped: what has come of it needs no memory any more.
    fileprivate mutating func becomeTombstone() {
        context = nil
        replyBytes = 0
        for index in replies.indices { replies[index].keyAndValue = ByteBuffer() }
    }

    /// Keeps a statistic; of a tombstone's only that there was one, so that their number stays bounded.
    fileprivate mutating func keepStatistic(_ reply: Reply) {
        var kept = reply
        if context == nil { kept.keyAndValue = ByteBuffer() }
        replies.append(kept)
    }

    /// Keeps a reply of several; of a tombstone only as much as tells the order.
    fileprivate mutating func keep(_ reply: Reply) {
        var kept = reply
        if context == nil {
            kept.keyAndValue = ByteBuffer()
            replies.removeAll(keepingCapacity: true)
        } else if !kept.carriesValue, kept.keyAndValue.readableBytes > RefusalLimit.bytes {
            kept.keyLength = 0
            kept.keyAndValue = ByteBuffer(bytes: kept.keyAndValue.readableBytesView.prefix(RefusalLimit.bytes))
        }
        replyBytes += kept.keyAndValue.readableBytes
        replies.append(kept)
    }
}

extension Reply {
    /// Whether it may hold what the caller has asked for; else a word on what the server did or didn't do.
    fileprivate var carriesValue: Bool {
        status == .success && opcode.shape?.replyExtras == .flags
    }
}
