import NIOCore

extension Engine {
    enum Direction: Sendable {
        case increment, decrement
    }

    /// The expiration that says not to create a missing counter.
    private static let mustExist: UInt32 = 0xFFFF_FFFF

    mutating func count(
        _ direction: Direction,
        _ key: ByteBuffer,
        by delta: UInt64,
        initial: UInt64,
        expiration: UInt32,
        cas: UInt64
    ) throws(Refusal) -> (number: UInt64, cas: UInt64) {
        guard let (place, item) = find(key) else {
            if expiration == Self.mustExist {
                countMiss(direction)
                throw .notFound
            }
            let text = CounterText.write(initial)
            let size = settings.itemSize(keyLength: key.readableBytes, valueLength: text.readableBytes, flags: 0)
            guard size <= settings.itemSizeLimit, makeRoom(for: size) else { throw .noRoomForCounter }
            return (initial, insert(key, value: text, flags: 0, expiration: clock.moment(expiration)))
        }
        // An item of more than half the limit lies in pieces; the server doesn't look for a number in it.
        guard item.value.readableBytes > 0, item.size <= settings.itemSizeLimit / 2 else { throw .notNumeric }
        // As with DELETE, not even -C makes this one ignore a CAS.
        guard cas == 0 || cas == item.cas else { throw .exists }
        guard let old = CounterText.read(item.value) else { throw .notNumeric }
        let number =
            switch direction {
            case .increment: old &+ delta
            case .decrement: old > delta ? old - delta : 0
            }
        let text = CounterText.write(number, over: item.value)
        let size = settings.itemSize(
            keyLength: key.readableBytes,
            valueLength: text.readableBytes,
            flags: item.flags
        )
        table.use(place)
        guard size <= settings.itemSizeLimit, makeRoom(for: size - item.size, keeping: place) else {
            throw .noRoomForResult
        }
        countHit(direction)
        if text.readableBytes > item.value.readableBytes {
            return (number, insert(item.key, value: text, flags: item.flags, expiration: item.expiration))
        }
        let (newCAS, now) = (nextCAS(), clock.now)
        table.change(place) {
            $0.value = text
            $0.cas = newCAS
            $0.storedAt = now
        }
        return (number, newCAS)
    }

    private mutating func countHit(_ direction: Direction) {
        switch direction {
        case .increment: counts.incrementHits += 1
        case .decrement: counts.decrementHits += 1
        }
    }

    private mutating func countMiss(_ direction: Direction) {
        switch direction {
        case .increment: counts.incrementMisses += 1
        case .decrement: counts.decrementMisses += 1
        }
    }
}
