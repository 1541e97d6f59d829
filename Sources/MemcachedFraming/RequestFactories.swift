package import NIOCore

extension Request {
    /// Whether a command answers always, or only what its caller can't infer.
    package enum Answer: Sendable {
        case always
        /// The command's quiet twin: a get answers only a hit, a mutation only an error.
        case quiet
    }

    /// SET and REPLACE: what a store demands of the key.
    package enum StoreMode: Sendable {
        case set, replace
    }

    package enum Side: Sendable {
        case append, prepend
    }

    package enum Direction: Sendable {
        case increment, decrement
    }

    package static func get(_ key: ItemKey, withKey: Bool = false, answer: Answer = .always) -> Request {
        Request(checked: (withKey ? Opcode.getWithKey : .get).answering(answer), key: key)
    }

    package static func getAndTouch(
        _ key: ItemKey,
        expiration: UInt32,
        withKey: Bool = false,
        answer: Answer = .always
    ) -> Request {
        let opcode = (withKey ? Opcode.getAndTouchWithKey : .getAndTouch).answering(answer)
        return Request(checked: opcode, key: key, extras: .expiration(expiration))
    }

    /// TOUCH, which has no quiet twin.
    package static func touch(_ key: ItemKey, expiration: UInt32) -> Request {
        Request(checked: .touch, key: key, extras: .expiration(expiration))
    }

    package static func store(
        _ mode: StoreMode,
        _ key: ItemKey,
        value: ByteBuffer,
        flags: UInt32,
        expiration: UInt32,
        cas: UInt64 = 0,
        answer: Answer = .always
    ) throws(FramingError) -> Request {
        try Request(
            opcode: (mode == .set ? Opcode.set : .replace).answering(answer),
            key: key,
            extras: .storage(flags: flags, expiration: expiration),
            value: value,
            cas: cas
        )
    }

    /// ADD. It takes no CAS: with a matching one the server would overwrite.
    package static func add(
        _ key: ItemKey,
        value: ByteBuffer,
        flags: UInt32,
        expiration: UInt32,
        answer: Answer = .always
    ) throws(FramingError) -> Request {
        try Request(
            opcode: Opcode.add.answering(answer),
            key: key,
            extras: .storage(flags: flags, expiration: expiration),
            value: value
        )
    }

    package static func concatenate(
        _ side: Side,
        _ key: ItemKey,
        value: ByteBuffer,
        cas: UInt64 = 0,
        answer: Answer = .always
    ) throws(FramingError) -> Request {
        try Request(
            opcode: (side == .append ? Opcode.append : .prepend).answering(answer),
            key: key,
            value: value,
            cas: cas
        )
    }

    package static func delete(_ key: ItemKey, cas: UInt64 = 0, answer: Answer = .always) -> Request {
        Request(checked: Opcode.delete.answering(answer), key: key, cas: cas)
    }

    /// The expiration that tells INCREMENT and DECREMENT not to create a missing counter.
    package static let counterMustExist: UInt32 = 0xFFFF_FFFF

    package static func count(
        _ direction: Direction,
        _ key: ItemKey,
        by delta: UInt64,
        initial: UInt64,
        expiration: UInt32,
        cas: UInt64 = 0,
        answer: Answer = .always
    ) -> Request {
        Request(
            checked: (direction == .increment ? Opcode.increment : .decrement).answering(answer),
            key: key,
            extras: .counter(delta: delta, initial: initial, expiration: expiration),
            cas: cas
        )
    }

    /// FLUSH, at once or after a delay in seconds. A delayed one also kills what is written during the delay.
    package static func flush(delay: UInt32? = nil, answer: Answer = .always) -> Request {
        Request(checked: Opcode.flush.answering(answer), extras: delay.map { .delay($0) } ?? .none)
    }

    package static func quit(answer: Answer = .always) -> Request {
        Request(checked: Opcode.quit.answering(answer))
    }

    package static var noop: Request { Request(checked: .noop) }

    package static var version: Request { Request(checked: .version) }

    /// STAT of a group, or the general statistics.
    package static func stat(_ group: ItemKey? = nil) -> Request {
        Request(checked: .stat, key: group)
    }

    /// VERBOSITY, which memcached 1.6 does not implement.
    package static func verbosity(_ level: UInt32) -> Request {
        Request(checked: .verbosity, extras: .verbosity(level))
    }

    package static var saslListMechanisms: Request { Request(checked: .saslListMechanisms) }

    package static func saslAuthenticate(mechanism: ItemKey, data: ByteBuffer) throws(FramingError) -> Request {
        try Request(opcode: .saslAuthenticate, key: mechanism, value: data)
    }

    package static func saslStep(mechanism: ItemKey, data: ByteBuffer) throws(FramingError) -> Request {
        try Request(opcode: .saslStep, key: mechanism, value: data)
    }

    /// CONFIG GET, ElastiCache's discovery. A stock memcached holds its refusal back until as many bytes more arrive as this
    /// request's body has, and swallows them: send it on a connection of its own, a NOOP behind it, and close on 0x81.
    package static func configGet(_ name: ItemKey) -> Request {
        Request(checked: .configGet, key: name)
    }
}

extension Opcode {
    fileprivate func answering(_ answer: Request.Answer) -> Opcode {
        answer == .quiet ? quietTwin ?? self : self
    }
}
