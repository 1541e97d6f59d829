import MemcachedFraming
import NIOCore

extension Session {
    /// What keeps a connection from going on, and whose doing it is.
    struct Hold: Sendable, Equatable {
        let fault: FaultScript.ID
        let kind: ServerFault.Hold
    }

    /// What is done when a hold ends.
    enum Held: Sendable {
        case command(CommandHead, CommandCheck)
        case reply(ByteBuffer)
    }

    /// What a command leads to instead of being carried out.
    enum Substitute: Sendable {
        case refusal(Refusal)
        case line(String)
        case end(Outcome)
    }

    /// The fault that holds the connection now, when it is ``Outcome/paused``.
    var hold: Hold? {
        if case .held(let hold, _) = state { hold } else { nil }
    }

    /// Lets go on what a fault has held.
    mutating func resume(with engine: inout Engine, into replies: inout ReplyQueue) {
        guard case .held(_, let held) = state else { return }
        state = .head
        switch held {
        case .command(let head, let check):
            carryOut(head, check, with: &engine, into: &replies)
        case .reply(let bytes):
            replies.append(bytes: bytes)
        }
    }

    /// A fault strikes before the command is carried out. Its value, if it has one, is read past all the same.
    mutating func suffer(
        _ strike: FaultScript.Strike,
        before head: CommandHead,
        _ check: CommandCheck,
        with engine: inout Engine,
        into replies: inout ReplyQueue
    ) {
        let substitute: Substitute
        switch strike.kind {
        case .hold(let kind, _):
            state = .held(Hold(fault: strike.id, kind: kind), .command(head, check))
            return
        case .close(_, let byReset):
            substitute = .end(byReset ? .reset : .close)
        case .refuse(let status, _):
            substitute = .refusal(Refusal(Status(rawValue: status.rawValue)))
            if head.opcode.loudTwin == .set, status == .outOfMemory || status == .valueTooLarge {
                engine.dropOutdated(head.key)
            }
        case .text(let line):
            substitute = .line(line)
        case .garble, .moveOpaque, .duplicate:
            // These strike replies only.
            carryOut(head, check, with: &engine, into: &replies)
            return
        }
        let valueLength =
            switch check {
            case .readValue(let bytes), .swallow(let bytes, _): bytes
            case .answer, .refuse: 0
            }
        state = .swallowing(bytes: valueLength, head, substitute)
    }

    /// Answers a command that isn't carried out.
    mutating func answer(
        _ head: CommandHead,
        by substitute: Substitute,
        with engine: inout Engine,
        into replies: inout ReplyQueue
    ) {
        switch substitute {
        case .refusal(let refusal):
            reply(to: head, with: &engine, into: &replies) { _, replies in replies.answer(head, with: refusal) }
        case .line(let line):
            replies.append(line: line)
        case .end(let outcome):
            state = .ended(outcome)
        }
    }

    /// Carries out a command, and queues its reply or what a fault makes of it.
    mutating func reply(
        to head: CommandHead,
        with engine: inout Engine,
        into replies: inout ReplyQueue,
        _ carryOut: (inout Engine, inout ReplyQueue) -> Void
    ) {
        guard !engine.faults.isEmpty else { return carryOut(&engine, &replies) }
        var own = ReplyQueue()
        carryOut(&engine, &own)
        let reply = own.drainJoined()
        if let strike = engine.faults.strike(after: head.candidate, reply: reply) {
            suffer(strike, after: head, reply, into: &replies)
        } else {
            replies.append(bytes: reply)
        }
    }

    /// A fault strikes when the command has been carried out.
    private mutating func suffer(
        _ strike: FaultScript.Strike,
        after head: CommandHead,
        _ reply: ByteBuffer,
        into replies: inout ReplyQueue
    ) {
        var reply = reply
        switch strike.kind {
        case .hold(let kind, _):
            state = .held(Hold(fault: strike.id, kind: kind), .reply(reply))
            return
        case .close(let point, let byReset):
            state = .ended(byReset ? .reset : .close)
            switch point {
            case .beforeExecution, .beforeReply: return
            case .midReply: reply = reply.brokenOff
            case .afterReply: break
            }
        case .refuse(let status, _):
            return replies.answer(head, with: Refusal(Status(rawValue: status.rawValue)))
        case .text(let line):
            return replies.append(line: line)
        case .garble(let part):
            reply.garble(part)
        case .moveOpaque(let offset):
            reply.moveOpaque(by: offset)
        case .duplicate:
            replies.append(bytes: reply)
        }
        replies.append(bytes: reply)
    }
}

extension CommandHead {
    var candidate: FaultScript.Candidate {
        FaultScript.Candidate(commands: ServerCommands(opcode), key: key)
    }
}

extension ReplyQueue {
    /// A refusal, as the command would have it: a quiet get's miss is silent.
    fileprivate mutating func answer(_ head: CommandHead, with refusal: Refusal) {
        let isRead = !ServerCommands(head.opcode).isDisjoint(with: .reads)
        if isRead, refusal.status == .keyNotFound {
            append(nil, to: head)
        } else {
            refuse(head, refusal)
        }
    }

    /// Takes all that is queued, as one buffer.
    fileprivate mutating func drainJoined() -> ByteBuffer {
        let segments = drain()
        guard segments.count != 1 else { return segments[0] }
        var joined = ByteBuffer()
        for segment in segments {
            joined.writeImmutableBuffer(segment)
        }
        return joined
    }
}
