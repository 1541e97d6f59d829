import NIOCore

extension Engine {
    mutating func get(_ key: ByteBuffer) -> StoredItem? {
        guard let (place, item) = find(key) else {
            counts.getMisses += 1
            return nil
        }
        counts.getHits += 1
        table.use(place)
        return item
    }

    /// TOUCH and GAT, which leave an item's CAS as it is.
    mutating func touch(_ key: ByteBuffer, expiration: UInt32) -> StoredItem? {
        guard let (place, item) = find(key) else {
            counts.touchMisses += 1
            return nil
        }
        counts.touchHits += 1
        table.use(place)
        let moment = clock.moment(expiration)
        table.change(place) { $0.expiration = moment }
        return item
    }

    mutating func delete(_ key: ByteBuffer, cas: UInt64) throws(Refusal) {
        guard let (place, item) = find(key) else {
            counts.deleteMisses += 1
            throw .notFound
        }
        // Under -C an item's CAS is 0, so that a DELETE with a CAS fails where a SET with one succeeds.
        guard cas == 0 || cas == item.cas else { throw .exists }
        counts.deleteHits += 1
        table.remove(place)
    }
}
