import MemcachedFraming
package import NIOCore

/// One connection's place in its stream of bytes: what has arrived, and what it is part of.
package struct Session: Sendable {
    /// How things stand when the bytes have been served as far as may be.
    package enum Outcome: Sendable, Equatable {
        case needsBytes
        /// The replies have reached their limit, and more commands are waiting; or a fault holds the connection (``Session/hold``).
        case paused
        case close
        /// To close so that the client sees a reset.
        case reset
    }

    enum State: Sendable {
        /// The first byte tells the protocol.
        case start
        case head
        case value(CommandHead, bytes: Int, ByteBuffer)
        case swallowing(bytes: Int, CommandHead, Substitute)
        /// Goes on when the fault lets it.
        case held(Hold, Held)
        case text
        case ended(Outcome)
    }

    /// Memory for a value that was only claimed, in bytes.
    private static let longestReservation = 1 << 20

    var state = State.start
    private var incoming = ByteBuffer()

    package init() {}

    package mutating func receive(_ bytes: ByteBuffer) {
        if case .ended = state { return }
        if incoming.readableBytes == 0 {
            incoming = bytes
        } else {
            incoming.discardReadBytes()
            incoming.writeImmutableBuffer(bytes)
        }
    }

    /// Does what the bytes so far ask for, until the queue holds `limit` bytes of replies.
    package mutating func serve(with engine: inout Engine, into replies: inout ReplyQueue, limit: Int) -> Outcome {
        while true {
            if case .ended(let outcome) = state { return outcome }
            if case .held = state { return .paused }
            guard replies.bytes < limit else { return .paused }
            guard step(with: &engine, into: &replies) else { return .needsBytes }
        }
    }

    /// One step along the stream; false where it takes more bytes.
    private mutating func step(with engine: inout Engine, into replies: inout ReplyQueue) -> Bool {
        switch state {
        case .start:
            guard let first = incoming.readableBytesView.first else { return false }
            state = first == FrameHeader.Magic.request.rawValue ? .head : .text
            return true
        case .head:
            return takeHead(with: &engine, into: &replies)
        case .value(let head, let bytes, var value):
            // Held in one place only, so that appending doesn't copy it.
            state = .head
            guard collect(&value, upTo: bytes) else {
                state = .value(head, bytes: bytes, value)
                return false
            }
            reply(to: head, with: &engine, into: &replies) { $0.store(value, by: head, into: &$1) }
            return true
        case .swallowing(let bytes, let head, let substitute):
            let some = min(bytes, incoming.readableBytes)
            incoming.moveReaderIndex(forwardBy: some)
            guard some == bytes else {
                state = .swallowing(bytes: bytes - some, head, substitute)
                return false
            }
            state = .head
            answer(head, by: substitute, with: &engine, into: &replies)
            return true
        case .text:
            return takeLine(into: &replies)
        case .held, .ended:
            return false
        }
    }

    private mutating func takeHead(with engine: inout Engine, into replies: inout ReplyQueue) -> Bool {
        switch CommandHead.read(from: &incoming) {
        case .incomplete:
            return false
        case .notRequest:
            state = .ended(.close)
        case .tooLong:
            state = .ended(.reset)
        case .head(let head):
            take(head, with: &engine, into: &replies)
        }
        return true
    }

    private mutating func take(_ head: CommandHead, with engine: inout Engine, into replies: inout ReplyQueue) {
        let check = CommandCheck(head)
        if case .refuse = check {
            carryOut(head, check, with: &engine, into: &replies)
        } else if let strike = engine.faults.strike(before: head.candidate) {
            suffer(strike, before: head, check, with: &engine, into: &replies)
        } else {
            carryOut(head, check, with: &engine, into: &replies)
        }
    }

    mutating func carryOut(
        _ head: CommandHead,
        _ check: CommandCheck,
        with engine: inout Engine,
        into replies: inout ReplyQueue
    ) {
        switch check {
        case .answer:
            reply(to: head, with: &engine, into: &replies) { $0.answer(head, into: &$1) }
            if head.opcode.loudTwin == .quit { state = .ended(.close) }
        case .readValue(let bytes):
            do {
                try engine.reserve(for: head, valueLength: bytes)
                state = .value(head, bytes: bytes, ByteBuffer())
            } catch {
                state = .swallowing(bytes: bytes, head, .refusal(error))
            }
        case .swallow(let bytes, let refusal):
            state = .swallowing(bytes: bytes, head, .refusal(refusal))
        case .refuse(let refusal):
            replies.refuse(head, refusal)
            state = .ended(.close)
        }
    }

    /// Moves bytes into a buffer of their own, which will be the item's; false until they are all there.
    private mutating func collect(_ value: inout ByteBuffer, upTo bytes: Int) -> Bool {
        let missing = bytes - value.readableBytes
        guard let part = incoming.readSlice(length: min(missing, incoming.readableBytes)) else { return false }
        if value.capacity == 0 { value.reserveCapacity(min(bytes, Self.longestReservation)) }
        value.writeImmutableBuffer(part)
        return value.readableBytes == bytes
    }

    /// Text isn't served. A line of it is told so, and what is no line yet is not kept.
    private mutating func takeLine(into replies: inout ReplyQueue) -> Bool {
        let newline = incoming.readableBytesView.firstIndex(of: UInt8(ascii: "\n"))
        guard let newline else {
            incoming.clear()
            return false
        }
        incoming.moveReaderIndex(to: newline + 1)
        replies.append(line: "ERROR")
        return true
    }
}
