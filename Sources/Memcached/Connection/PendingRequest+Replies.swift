import MemcachedFraming
import NIOCore

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
    /// What a reply leads to.
    enum Step {
        /// More are due.
        case wait
        case done(Completion)
        /// Its caller learns now that it has failed; what is still due is dropped.
        case fail(Context?, RequestFailure)
        /// Nobody can tell any more what the next bytes belong to.
        case violation(String)
    }

    /// A reply has come that is due here, or should be.
    ///
    /// - Parameter mayPin: whether its value may keep more memory than values of a batch share.
    mutating func received(_ reply: consuming Reply, maximumBatchReplyBytes: Int, mayPin: Bool) -> Step {
        let offset = Int(clamping: reply.opaque &- firstOpaque)
        guard offset < requestCount else {
            return .violation("it sent a reply with an opaque that is not due (\(reply.opcode))")
        }
        let isLast = kind == .batch && offset == requestCount - 1
        guard reply.opcode == (isLast ? .noop : opcode) else {
            return .violation("it answered \(opcode) with \(reply.opcode)")
        }
        switch kind {
        case .single:
            return .done(.reply(consume reply))
        case .statistics:
            return receivedStatistic(reply)
        case .batch where isLast:
            // Only a NOOP that succeeded says that the quiet requests before it did.
            guard reply.status == .success else {
                return .violation("it answered the NOOP behind a batch with '\(reply.status)'")
            }
            return .done(.replies(replies))
        case .batch:
            guard offset >= passed else { return .violation("it sent a batch's replies twice or out of order") }
            keep(consume reply, at: offset, mayPin: mayPin)
            guard replyBytes > maximumBatchReplyBytes else { return .wait }
            defer { becomeTombstone() }
            let failure = RequestFailure(.repliesTooLarge(limit: maximumBatchReplyBytes), mayHaveReachedServer: true)
            return .fail(context, failure)
        }
    }

    private mutating func receivedStatistic(_ reply: Reply) -> Step {
        // The terminator has neither key nor value; an error ends the replies as well, without one.
        guard reply.status == .success else { return .done(.replies([reply])) }
        guard reply.keyLength > 0 else { return .done(.replies(replies)) }
        guard passed < StatisticsLimit.replies else {
            return .violation("it sent more than \(StatisticsLimit.replies) statistics")
        }
        replyBytes += reply.keyAndValue.readableBytes
        guard replyBytes <= StatisticsLimit.bytes else {
            return .violation("it sent more than \(StatisticsLimit.bytes) bytes of statistics")
        }
        // Of a tombstone's only that there was one, so that their number stays bounded.
        passed += 1
        if context != nil { replies.append(reply) }
        return .wait
    }

    /// Its reply will be dropped: what has come of it needs no memory any more.
    mutating func becomeTombstone() {
        context = nil
        replies = []
        replyBytes = 0
    }

    /// What the values of a batch share, in bytes: two reads from the socket at the most.
    static var sharedCapacity: Int { 128 * 1024 }

    /// Room for so many replies is made at once.
    private static var expectedReplies: Int { 128 }

    /// Keeps the reply to a batch's request; of a tombstone's only how far the replies have come.
    private mutating func keep(_ reply: consuming Reply, at offset: Int, mayPin: Bool) {
        passed = offset + 1
        guard context != nil else { return }
        reply.opaque = UInt32(truncatingIfNeeded: offset)
        if reply.keyAndValue.readableBytes > RefusalLimit.bytes, !reply.carriesValue {
            reply.keyLength = 0
            reply.keyAndValue = ByteBuffer(bytes: reply.keyAndValue.readableBytesView.prefix(RefusalLimit.bytes))
        }
        // The values of a batch share the memory that they were read into, but not that of a large value of another.
        if mayPin { reply.keyAndValue = reply.keyAndValue.compacted(above: Self.sharedCapacity) }
        replyBytes += reply.keyAndValue.readableBytes
        if replies.isEmpty { replies.reserveCapacity(min(requestCount - offset, Self.expectedReplies)) }
        replies.append(reply)
    }
}

extension Reply {
    /// Whether it may hold what the caller has asked for; else a word on what the server did or didn't do.
    fileprivate var carriesValue: Bool {
        status == .success && opcode.shape?.replyExtras == .flags
    }
}
