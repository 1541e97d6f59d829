import MemcachedFraming
import NIOCore

@testable import Memcached

/// What became of a submission, for comparison.
enum SubmissionResult: Equatable {
    case queued, wake, writesHere, overloaded, refused
}

/// An outbox in a class, since Swift Testing's expectations take only what can be copied. A caller's number is its id and its
/// context.
final class OutboxProbe {
    private var outbox: Outbox<Int>
    /// What the last caller that writes itself was given.
    private(set) var segments: [ByteBuffer] = []

    init(limits: Outbox<Int>.Limits, firstOpaque: UInt32 = 1) {
        outbox = Outbox(limits: limits, firstOpaque: firstOpaque)
    }

    /// - Parameter now: the present, of a caller that can write itself.
    func submit(
        _ id: Int,
        _ submission: Submission = .single(.noop),
        deadline: Int = 1_000_000,
        now: Int? = nil
    ) -> SubmissionResult {
        let admission = outbox.submit(
            submission,
            id: UInt64(id),
            context: id,
            deadline: .at(deadline),
            now: now.map { .at($0) }
        )
        switch admission {
        case .queued(let wake):
            return wake ? .wake : .queued
        case .writeHere(let segments):
            self.segments = segments
            return .writesHere
        case .refused(let failure):
            if case .overloaded = failure.reason { return .overloaded }
            return .refused
        }
    }

    /// The connection is idle.
    func allowDirectWrite(watching deadline: Int = 100, stallTimeout: Int64 = 1_000) -> Bool {
        outbox.allowDirectWrite(watching: .at(deadline), stallTimeout: .nanoseconds(stallTimeout))
    }

    func finishDirectWrite(unwritten: [ByteBuffer] = []) -> Bool { outbox.finishDirectWrite(unwritten: unwritten) }

    func takeWritten() -> Int? { outbox.takeWritten()?.request.context }

    /// The deadline that the loop watches after it has looked.
    private(set) var earliestSeen = NIODeadline.distantFuture

    /// What the loop takes; nil while a caller writes.
    func takeUnlessWriting() -> Outbox<Int>.Batch? {
        var batch = Outbox<Int>.Batch()
        let isTaken = outbox.take(into: &batch)
        earliestSeen = batch.earliestDeadline
        return isTaken ? batch : nil
    }

    func take() -> Outbox<Int>.Batch {
        var batch = Outbox<Int>.Batch()
        precondition(outbox.take(into: &batch))
        return batch
    }

    /// What the loop takes before it sleeps.
    func takeAll() -> Outbox<Int>.Batch {
        let batch = take()
        precondition(take().requests.isEmpty)
        return batch
    }

    func expectDrain() { outbox.expectDrain() }

    func hold(until moment: Int = 1_000_000) -> NIODeadline { outbox.hold(until: .at(moment)) }

    func release(requests: Int, bytes: Int) -> Bool { outbox.release(requests: requests, bytes: bytes) }

    func withdraw(id: UInt64) -> (context: Int, isEncoded: Bool)? { outbox.withdraw(id: id) }

    func expire(
        now: NIODeadline
    ) -> (contexts: [(context: Int, isEncoded: Bool)], written: WrittenRequest<Int>?, next: NIODeadline) {
        outbox.expire(now: now)
    }

    func drain() { outbox.drain() }

    func close(_ reason: CloseReason) -> [Int] { outbox.close(reason).contexts }

    func closeWritten(_ reason: CloseReason) -> Int? { outbox.close(reason).written?.request.context }

    var waitingCount: Int { outbox.waitingCount }
    var requestsInUse: Int { outbox.requestsInUse }
    var bytesInUse: Int { outbox.bytesInUse }
    var isEmpty: Bool { !outbox.hasCallers }
}

extension NIODeadline {
    static func at(_ nanoseconds: Int) -> NIODeadline {
        .uptimeNanoseconds(UInt64(nanoseconds))
    }
}

extension Request {
    static func get(_ key: String) throws -> Request {
        .get(try ItemKey(key))
    }

    static func getQuietly(_ key: String) throws -> Request {
        .get(try ItemKey(key), answer: .quiet)
    }

    static func set(_ key: String, _ value: ByteBuffer, answer: Request.Answer = .always) throws -> Request {
        try .store(.set, try ItemKey(key), value: value, flags: 0, expiration: 0, answer: answer)
    }
}

extension [ByteBuffer] {
    /// The requests' frames in these bytes.
    func frames() throws -> [Frame] {
        var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 1 << 24)
        var frames: [Frame] = []
        for bytes in self {
            decoder.append(bytes)
            while let frame = try decoder.next() { frames.append(frame) }
        }
        try decoder.finish()
        return frames
    }
}
