import NIOCore

/// All that connections share: the items, the clock, and the counts. Knows nothing of frames or sockets.
package struct Engine: Sendable {
    package let settings: EngineSettings
    package let pid: Int
    package var clock: EngineClock
    /// What goes wrong on purpose.
    var faults = FaultScript()
    var table = ItemTable()
    var counts = EngineCounts()
    var openConnections = 0

    /// The last CAS that was given out. It begins again with each server.
    private var lastCAS: UInt64 = 0
    /// Items stored up to this moment are dead once it is reached; 0 for none.
    private var flushedUpTo: Int64 = 0
    /// Items with a lower CAS are dead once ``flushedUpTo`` is reached. So an immediate flush spares what is stored in the same
    /// second after it.
    private var flushedBelowCAS: UInt64 = 0

    package init(settings: EngineSettings, pid: Int, clock: EngineClock) {
        self.settings = settings
        self.pid = pid
        self.clock = clock
    }

    mutating func nextCAS() -> UInt64 {
        guard settings.isCASEnabled else { return 0 }
        lastCAS += 1
        return lastCAS
    }

    /// Where a living item is. A dead one is removed when it is met.
    mutating func find(_ key: ByteBuffer) -> (place: ItemTable.Place, item: StoredItem)? {
        guard let place = table.place(of: key), let item = table[place] else { return nil }
        if isFlushed(item) {
            counts.getFlushed += 1
        } else if isExpired(item) {
            counts.getExpired += 1
        } else {
            return (place, item)
        }
        table.remove(place)
        return nil
    }

    func isAlive(_ item: StoredItem) -> Bool {
        !isFlushed(item) && !isExpired(item)
    }

    private func isExpired(_ item: StoredItem) -> Bool {
        item.expiration != 0 && item.expiration <= clock.now
    }

    private func isFlushed(_ item: StoredItem) -> Bool {
        guard flushedUpTo != 0, flushedUpTo <= clock.now else { return false }
        return item.storedAt <= flushedUpTo || (item.cas != 0 && item.cas < flushedBelowCAS)
    }

    /// FLUSH, at once or after a delay.
    mutating func flush(after delay: UInt32) throws(Refusal) {
        guard settings.isFlushEnabled else { throw .flushDisabled }
        counts.flushes += 1
        let moment = delay == 0 ? clock.now : clock.moment(delay)
        guard settings.isCASEnabled else {
            flushedUpTo = moment
            return
        }
        flushedUpTo = moment - 1
        if flushedUpTo <= clock.now { flushedBelowCAS = nextCAS() }
    }

    /// Makes room for an item's bytes by removing those that were used longest ago; false where there is none to be had.
    mutating func makeRoom(for size: Int, keeping kept: ItemTable.Place? = nil) -> Bool {
        while table.bytes + size > settings.memoryLimit {
            guard
                settings.evictsWhenFull,
                let victim = table.leastRecentlyUsed,
                victim != kept
            else {
                counts.outOfMemory += 1
                return false
            }
            table.remove(victim)
            counts.evictions += 1
        }
        return true
    }
}
