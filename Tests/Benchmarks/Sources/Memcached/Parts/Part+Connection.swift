import MemcachedFraming
import NIOCore

extension Part {
    /// How many requests go out together.
    private static let together = 64

    static let connection: [Part] = [
        Part("queues-single") { count in
            let request = Request.get(try ItemKey("key:0000001"))
            let reply = Reply(opcode: .get, opaque: 0, cas: 7, flags: 0, value: ByteBuffer(repeating: 1, count: 100))
            var queues = Queues()
            for _ in 0..<count / together {
                try queues.round((0..<together).map { _ in .single(request) }, answering: reply)
            }
        },
        Part("queues-batch-of-100") { count in
            let requests = try (0..<100).map { Request.get(try ItemKey("key:000000\($0)"), answer: .quiet) }
            let value = ByteBuffer(repeating: 1, count: 100)
            let reply = Reply(opcode: .getQuietly, opaque: 0, cas: 7, flags: 0, value: value)
            var queues = Queues()
            for _ in 0..<count / 100 {
                try queues.round([.batch(EncodedRequests(requests))], answering: reply)
            }
        },
    ]
}

/// An outbox and a state machine, between which requests go round.
private struct Queues: ~Copyable {
    private var outbox = Outbox<Int>(limits: .init(requests: 4_096, bytes: 16 << 20, waits: true))
    private var batch = Outbox<Int>.Batch()
    private var machine = ConnectionStateMachine<Int>(stallTimeout: .seconds(5), now: .uptimeNanoseconds(0))

    mutating func round(_ submissions: [Submission], answering template: Reply) throws {
        for (number, submission) in submissions.enumerated() {
            let id = UInt64(number)
            keep(outbox.submit(submission, id: id, context: number, deadline: .uptimeNanoseconds(1_000_000)))
        }
        keep(outbox.take(into: &batch))
        keep(batch.segments)
        // Not the requests themselves: the machine would have to copy them to change them.
        let due = batch.requests.map { (opaque: $0.firstOpaque, count: $0.requestCount, kind: $0.kind) }
        keep(machine.sent(&batch.requests, now: .uptimeNanoseconds(1)))
        for request in due {
            for number in 0..<request.count {
                var reply = template
                reply.opaque = request.opaque &+ UInt32(number)
                if request.kind == .batch, number == request.count - 1 {
                    reply = Reply(opcode: .noop, opaque: reply.opaque)
                }
                if case .complete(let caller, let completion, let requests, let bytes) = machine.received(reply) {
                    keep(caller)
                    keep(completion)
                    keep(outbox.release(requests: requests, bytes: bytes))
                }
            }
        }
    }
}
