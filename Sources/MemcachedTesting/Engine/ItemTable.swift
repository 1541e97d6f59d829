import NIOCore

/// The items by key, and the order in which they were last used.
struct ItemTable: Sendable {
    /// A place in ``slots``.
    struct Place: Hashable, Sendable {
        fileprivate var index: Int

        fileprivate static let none = Place(index: -1)
    }

    private struct Slot: Sendable {
        /// Nil where the slot is free.
        var item: StoredItem?
        var newer: Place
        var older: Place
    }

    private var slots: [Slot] = []
    private var free: [Place] = []
    private var places: [ByteBuffer: Place] = [:]
    private var newest = Place.none
    private var oldest = Place.none

    /// The sum of the items' sizes, in bytes.
    private(set) var bytes = 0

    var count: Int { places.count }

    var leastRecentlyUsed: Place? { oldest == .none ? nil : oldest }

    var items: some Sequence<StoredItem> { places.values.lazy.compactMap { slots[$0.index].item } }

    func place(of key: ByteBuffer) -> Place? {
        places[key]
    }

    /// The item at a place that ``place(of:)`` has named and that was not removed since.
    subscript(place: Place) -> StoredItem? {
        slots[place.index].item
    }

    /// Changes an item where it lies.
    mutating func change(_ place: Place, _ change: (inout StoredItem) -> Void) {
        guard var item = slots[place.index].item.take() else { return }
        bytes -= item.size
        change(&item)
        bytes += item.size
        slots[place.index].item = item
    }

    /// Stores an item as the most recently used one, over another with its key.
    mutating func store(_ item: StoredItem) {
        if let place = places[item.key] {
            change(place) { $0 = item }
            use(place)
            return
        }
        bytes += item.size
        let slot = Slot(item: item, newer: .none, older: .none)
        let place: Place
        if let reused = free.popLast() {
            place = reused
            slots[place.index] = slot
        } else {
            place = Place(index: slots.count)
            slots.append(slot)
        }
        places[item.key] = place
        link(place)
    }

    mutating func remove(_ place: Place) {
        guard let item = slots[place.index].item.take() else { return }
        bytes -= item.size
        places[item.key] = nil
        unlink(place)
        free.append(place)
    }

    /// Makes an item the most recently used one.
    mutating func use(_ place: Place) {
        guard place != newest else { return }
        unlink(place)
        link(place)
    }

    private mutating func link(_ place: Place) {
        slots[place.index].newer = .none
        slots[place.index].older = newest
        if newest != .none { slots[newest.index].newer = place }
        newest = place
        if oldest == .none { oldest = place }
    }

    private mutating func unlink(_ place: Place) {
        let (newer, older) = (slots[place.index].newer, slots[place.index].older)
        if newer == .none { newest = older } else { slots[newer.index].older = older }
        if older == .none { oldest = newer } else { slots[older.index].newer = newer }
    }
}
