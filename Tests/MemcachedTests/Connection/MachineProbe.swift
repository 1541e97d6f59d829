import DequeModule
import MemcachedFraming
import NIOCore

@testable import Memcached

/// What a reply led to, for comparison.
enum MachineStep: Equatable {
    case wait, close
    case fail(Int?)
    /// Where there are several replies, their opaques.
    case complete(Int?, requests: Int, indices: [UInt32]? = nil)
}

func reply(
    _ opcode: Opcode,
    _ opaque: UInt32,
    status: Status = .success,
    key: String = "",
    value: String = ""
) -> Reply {
    Reply(
        opcode: opcode,
        status: status,
        opaque: opaque,
        key: ByteBuffer(string: key),
        value: ByteBuffer(string: value)
    )
}

/// A state machine in a class, since Swift Testing's expectations take only what can be copied.
final class MachineProbe {
    private var machine: ConnectionStateMachine<Int>

    init(stallTimeout: TimeAmount, maximumBatchReplyBytes: Int = .max, now: NIODeadline) {
        machine = ConnectionStateMachine(
            stallTimeout: stallTimeout,
            maximumBatchReplyBytes: maximumBatchReplyBytes,
            now: now
        )
    }

    func sent(_ requests: [PendingRequest<Int>], now: NIODeadline) -> NIODeadline? {
        var requests = requests
        return machine.sent(&requests, now: now)
    }

    func received(_ reply: Reply) -> ConnectionStateMachine<Int>.ReplyAction { machine.received(reply) }

    /// All that lies in one piece of memory. Returns what the first one who is answered gets.
    func receive(_ bytes: ByteBuffer) -> Completion? {
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
        decoder.append(bytes)
        var answered = UniqueDeque<Answer<Int>>()
        _ = machine.receive(from: &decoder, now: .at(0), into: &answered)
        return answered.isEmpty ? nil : answered[0].completion
    }

    func progressed(now: NIODeadline) { machine.progressed(now: now) }

    func abandon(id: UInt64) -> Int? { machine.abandon(id: id) }

    func expire(now: NIODeadline) -> (contexts: [Int], next: NIODeadline) { machine.expire(now: now) }

    func drain() { machine.drain() }

    func close() -> [Int] { machine.close() }

    var isIdle: Bool { machine.isIdle }
    var isClosed: Bool { machine.isClosed }
    var isDrained: Bool { machine.isDrained }
    var entryCount: Int { machine.entryCount }
    var stallDeadline: NIODeadline? { machine.stallDeadline }

    func take(
        _ opcode: Opcode,
        _ opaque: UInt32,
        status: Status = .success,
        key: String = "",
        value: String = ""
    ) -> MachineStep {
        switch received(reply(opcode, opaque, status: status, key: key, value: value)) {
        case .wait: .wait
        case .fail(let context, _): .fail(context)
        case .close: .close
        case .complete(let context, let completion, let requests, _):
            if case .replies(let replies) = completion {
                .complete(context, requests: requests, indices: replies.map(\.opaque))
            } else {
                .complete(context, requests: requests)
            }
        }
    }
}

extension PendingRequest where Context == Int {
    static func single(_ id: Int, _ opcode: Opcode = .noop, opaque: UInt32, deadline: Int = 1_000_000) -> Self {
        pending(id, .single, opcode, opaque: opaque, count: 1, deadline: deadline)
    }

    static func statistics(_ id: Int, opaque: UInt32) -> Self {
        pending(id, .statistics, .stat, opaque: opaque, count: 1)
    }

    /// The count includes the closing NOOP.
    static func batch(_ id: Int, _ opcode: Opcode, count: Int, opaque: UInt32) -> Self {
        pending(id, .batch, opcode, opaque: opaque, count: count)
    }

    private static func pending(
        _ id: Int,
        _ kind: Kind,
        _ opcode: Opcode,
        opaque: UInt32,
        count: Int,
        deadline: Int = 1_000_000
    ) -> Self {
        PendingRequest(
            id: UInt64(id),
            context: id,
            kind: kind,
            opcode: opcode,
            firstOpaque: opaque,
            requestCount: count,
            frameBytes: 24 * count,
            deadline: .at(deadline)
        )
    }
}
