package import MemcachedFraming
package import NIOCore

/// What a caller hands to a connection: one entry of its queues.
package enum Submission: Sendable {
    /// A request with exactly one reply.
    case single(Request)
    /// A STAT, whose replies end with an empty one.
    case statistics(Request)
    /// Requests of one command, loud or quiet, closed by a NOOP: when its reply arrives, those without a reply were misses
    /// (quiet gets) or successes (quiet mutations).
    case batch(EncodedRequests)
}

/// What a submission takes of a connection's bounds.
package struct SubmissionSize: Sendable, Equatable {
    /// As many as opaques.
    package let requests: Int
    /// All frames together.
    package let bytes: Int
}

extension Submission {
    package var size: SubmissionSize {
        switch self {
        case .single(let request), .statistics(let request):
            SubmissionSize(requests: 1, bytes: request.frameLength)
        case .batch(let requests):
            SubmissionSize(requests: requests.count + 1, bytes: requests.byteCount + FrameHeader.length)
        }
    }
}

/// What a caller gets back.
package enum Completion: Sendable {
    case reply(Reply)
    /// A batch's or a STAT's replies in order. The opaque of a batch's reply is the index of its request.
    case replies([Reply])
    case failure(RequestFailure)
}

/// Why a request has no reply.
package struct RequestFailure: Error, Sendable {
    package enum Reason: Sendable {
        case cancelled
        case timedOut
        /// The bounds are reached, and the configuration says to fail.
        case overloaded
        /// The replies to a batch have more bytes than the limit.
        case repliesTooLarge(limit: Int)
        case closed(CloseReason)
    }

    package let reason: Reason
    /// Whether the server may have seen the request. Where not, it may be sent again elsewhere.
    package let mayHaveReachedServer: Bool

    package init(_ reason: Reason, mayHaveReachedServer: Bool) {
        self.reason = reason
        self.mayHaveReachedServer = mayHaveReachedServer
    }
}

/// Why a connection ended.
package enum CloseReason: Error, Sendable {
    /// This side closed it; new requests belong to another connection.
    case closedHere
    case closedByPeer
    case stalled
    case failed(any Error)
    /// Bytes that are no frame.
    case framing(FramingError)
    /// A frame that is not due.
    case protocolViolation(String)
}

/// An entry that has been encoded: it is in the pending write or on the wire, and its reply is due.
package struct PendingRequest<Context: Sendable>: Sendable {
    package enum Kind: Sendable {
        case single, statistics, batch
    }

    package let id: UInt64
    /// Who waits; nil once it has been answered without a reply (a tombstone), and for the connection's own checks.
    package var context: Context?
    package let kind: Kind
    /// The opcode of every request in it but a batch's closing NOOP.
    package let opcode: Opcode
    package let firstOpaque: UInt32
    package let requestCount: Int
    package let frameBytes: Int
    package let deadline: NIODeadline
    /// What has arrived of a batch or a STAT, for as long as somebody waits for it.
    package var replies: [Reply] = []
    /// What is kept of these, in bytes.
    package var replyBytes = 0
    /// Of a batch, how many of its requests can't be answered any more, since replies come in their order; of a STAT, how many replies
    /// have come.
    package var passed = 0
}
