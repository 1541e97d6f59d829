import Memcached
import MemcachedFraming
import NIOCore

extension ConnectionModel {
    /// What is in use is what is encoded; and over the bounds only who is alone.
    func checkBounds() {
        let encoded = entries.dropLast(outbox.waitingCount)
        demand(outbox.requestsInUse == encoded.reduce(0) { $0 + $1.submission.size.requests }, "requests are counted")
        demand(outbox.bytesInUse == encoded.reduce(0) { $0 + $1.submission.size.bytes }, "bytes are counted")
        guard encoded.count > 1 else { return }
        demand(outbox.requestsInUse <= limits.requests, "the bound on requests is kept")
        demand(outbox.bytesInUse <= limits.bytes, "the bound on bytes is kept")
    }

    func checkSegments(_ segments: [ByteBuffer], of entries: [Entry]) {
        var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 1 << 20)
        for segment in segments { decoder.append(segment) }
        for entry in entries {
            for offset in 0..<UInt32(entry.submission.size.requests) {
                let frame = try? decoder.next()
                let number = frame.map { OpaqueSpread.number(of: $0.header.opaque) }
                demand(number == entry.firstOpaque.map { $0 &+ offset }, "requests are numbered consecutively")
            }
        }
        demand(decoder.bufferedBytes == 0, "nothing else is written")
    }

    /// What a caller gets is what has arrived for it.
    func check(_ completion: Completion, of entry: Entry, last: Reply) {
        let first = entry.firstOpaque ?? 0
        switch (entry.submission, completion) {
        case (.single(let request), .reply(let reply)):
            demand(reply == last && reply.opcode == request.opcode && reply.opaque == first, "the reply is its own")
        case (.statistics, .replies(let replies)):
            demand(replies == (last.status == .success ? gathered : [last]), "statistics are what arrived")
            demand(replies.allSatisfy { $0.opaque == first && $0.opcode == .stat }, "statistics are its own")
        case (.batch(let requests), .replies(let replies)):
            demand(last.opaque == first &+ UInt32(requests.count) && last.opcode == .noop, "a NOOP ends a batch")
            demand(replies.count == gathered.count, "a batch's replies are what arrived")
            var previous: UInt32?
            for (reply, arrived) in zip(replies, gathered) {
                demand(
                    arrived.opaque == first &+ reply.opaque && reply.opaque < requests.count,
                    "an index of the batch"
                )
                demand(reply.keyAndValue == arrived.keyAndValue && reply.status == arrived.status, "each its own value")
                demand(previous.map { $0 < reply.opaque } ?? true, "a batch's replies are in order")
                demand(reply.opcode == requests.opcode, "replies to the batch's command")
                previous = reply.opaque
            }
        default:
            fatalError("broken: a completion of another kind")
        }
    }
}
