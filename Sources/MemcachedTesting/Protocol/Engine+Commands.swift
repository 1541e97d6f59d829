import MemcachedFraming
import NIOCore

extension Engine {
    /// Does a command without a value, and queues its replies.
    mutating func answer(_ head: CommandHead, into replies: inout ReplyQueue) {
        do throws(Refusal) {
            switch head.opcode.loudTwin {
            case .get, .getWithKey:
                replies.append(get(head.key), to: head)
            case .getAndTouch, .getAndTouchWithKey, .touch:
                replies.append(touch(head.key, expiration: head.extras.word()), to: head)
            case .delete:
                try delete(head.key, cas: head.header.cas)
                replies.acknowledge(head)
            case .increment, .decrement:
                try answerCount(head, into: &replies)
            case .flush:
                try flush(after: head.extras.word())
                replies.acknowledge(head)
            case .noop, .quit:
                replies.acknowledge(head)
            case .version:
                replies.append(Reply(to: head, value: ByteBuffer(string: settings.version)))
            case .stat:
                try answerStatistics(head, into: &replies)
            default:
                throw .unknownCommand
            }
        } catch {
            replies.refuse(head, error)
        }
    }

    /// Whether a value will be taken, when nothing of it has been read.
    mutating func reserve(for head: CommandHead, valueLength: Int) throws(Refusal) {
        if let mode = StoreMode(head.opcode) {
            try reserve(mode, head.key, valueLength: valueLength, flags: head.extras.word())
        } else {
            try reserve(head.key, valueLength: valueLength, flags: 0)
        }
    }

    /// Does a command that carries a value. The value is kept as it is, so that it should not share a larger buffer's memory.
    mutating func store(_ value: ByteBuffer, by head: CommandHead, into replies: inout ReplyQueue) {
        // The key lies in what was read from the socket, which would be kept for as long as the item.
        let key = ByteBuffer(head.key.readableBytesView)
        do {
            let cas: UInt64
            if let mode = StoreMode(head.opcode) {
                cas = try store(
                    mode,
                    key,
                    value: value,
                    flags: head.extras.word(),
                    expiration: head.extras.word(at: 4),
                    cas: head.header.cas
                )
            } else {
                let side: Side = head.opcode.loudTwin == .append ? .append : .prepend
                cas = try concatenate(side, key, value: value, cas: head.header.cas)
            }
            replies.acknowledge(head, cas: cas)
        } catch {
            replies.refuse(head, error)
        }
    }

    private mutating func answerCount(_ head: CommandHead, into replies: inout ReplyQueue) throws(Refusal) {
        let (number, cas) = try count(
            head.opcode.loudTwin == .increment ? .increment : .decrement,
            // Kept where the counter is created.
            ByteBuffer(head.key.readableBytesView),
            by: head.extras.longWord(),
            initial: head.extras.longWord(at: 8),
            expiration: head.extras.word(at: 16),
            cas: head.header.cas
        )
        replies.acknowledge(head, cas: cas, value: ByteBuffer(integer: number))
    }

    private mutating func answerStatistics(_ head: CommandHead, into replies: inout ReplyQueue) throws(Refusal) {
        // An unknown group has no terminator.
        guard let statistics = statistics(of: String(buffer: head.key)) else { throw .notFound }
        for (name, value) in statistics {
            replies.append(Reply(to: head, key: ByteBuffer(string: name), value: ByteBuffer(string: value)))
        }
        replies.append(Reply(to: head))
    }
}

extension Engine.StoreMode {
    fileprivate init?(_ opcode: Opcode) {
        switch opcode.loudTwin {
        case .set: self = .set
        case .add: self = .add
        case .replace: self = .replace
        default: return nil
        }
    }
}

extension ByteBuffer {
    /// A number in a command's extras; 0 where there are none.
    fileprivate func word(at offset: Int = 0) -> UInt32 {
        getInteger(at: readerIndex + offset) ?? 0
    }

    fileprivate func longWord(at offset: Int = 0) -> UInt64 {
        getInteger(at: readerIndex + offset) ?? 0
    }
}
