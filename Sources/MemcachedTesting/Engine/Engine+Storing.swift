import NIOCore

extension Engine {
    enum StoreMode: Sendable {
        case set, add, replace
    }

    enum Side: Sendable {
        case append, prepend
    }

    /// What memcached decides before it has read a value: whether there will be room for it.
    mutating func reserve(_ mode: StoreMode, _ key: ByteBuffer, valueLength: Int, flags: UInt32) throws(Refusal) {
        do {
            try reserve(key, valueLength: valueLength, flags: flags)
        } catch {
            if mode == .set { dropOutdated(key) }
            throw error
        }
    }

    /// A new value is lost; the server would rather have none than the old one.
    mutating func dropOutdated(_ key: ByteBuffer) {
        if let (place, _) = find(key) { table.remove(place) }
    }

    mutating func reserve(_ key: ByteBuffer, valueLength: Int, flags: UInt32) throws(Refusal) {
        let size = settings.itemSize(keyLength: key.readableBytes, valueLength: valueLength, flags: flags)
        guard size <= settings.itemSizeLimit else {
            counts.tooLarge += 1
            throw .tooLarge
        }
        guard makeRoom(for: size) else { throw .noRoomForItem }
    }

    /// SET, ADD and REPLACE of a value that ``reserve(_:_:valueLength:flags:)`` has let pass. Gives the new CAS.
    mutating func store(
        _ mode: StoreMode,
        _ key: ByteBuffer,
        value: ByteBuffer,
        flags: UInt32,
        expiration: UInt32,
        cas: UInt64
    ) throws(Refusal) -> UInt64 {
        counts.sets += 1
        let found = find(key)
        // With a CAS the three are the same command: ADD with a matching one overwrites.
        if cas != 0, settings.isCASEnabled {
            guard let found else {
                counts.casMisses += 1
                throw .notFound
            }
            guard found.item.cas == cas else {
                counts.casMismatches += 1
                throw .exists
            }
            counts.casHits += 1
        } else {
            switch (mode, found) {
            case (.add, let found?):
                table.use(found.place)
                throw .exists
            case (.replace, nil):
                throw .notFound
            default:
                break
            }
        }
        return insert(key, value: value, flags: flags, expiration: clock.moment(expiration))
    }

    mutating func concatenate(
        _ side: Side,
        _ key: ByteBuffer,
        value: ByteBuffer,
        cas: UInt64
    ) throws(Refusal) -> UInt64 {
        counts.sets += 1
        guard let (place, item) = find(key) else { throw .notStored }
        if cas != 0, settings.isCASEnabled, item.cas != cas { throw .exists }
        let length = item.value.readableBytes + value.readableBytes
        let size = settings.itemSize(keyLength: key.readableBytes, valueLength: length, flags: item.flags)
        table.use(place)
        guard size <= settings.itemSizeLimit, makeRoom(for: size - item.size, keeping: place) else { throw .notStored }
        var joined = ByteBuffer()
        joined.reserveCapacity(length)
        joined.writeImmutableBuffer(side == .append ? item.value : value)
        joined.writeImmutableBuffer(side == .append ? value : item.value)
        return insert(item.key, value: joined, flags: item.flags, expiration: item.expiration)
    }

    mutating func insert(_ key: ByteBuffer, value: ByteBuffer, flags: UInt32, expiration: Int64) -> UInt64 {
        let cas = nextCAS()
        counts.totalItems += 1
        table.store(
            StoredItem(
                key: key,
                value: value,
                flags: flags,
                expiration: expiration,
                storedAt: clock.now,
                cas: cas,
                size: settings.itemSize(
                    keyLength: key.readableBytes,
                    valueLength: value.readableBytes,
                    flags: flags
                )
            )
        )
        return cas
    }
}
