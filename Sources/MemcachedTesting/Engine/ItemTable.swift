import NIOCore

/// The items by key, and the order in which they were last used.
struct ItemTable: Sendable {
    /// Where an item is, until it is removed.
    struct Place: Hashable, Sendable {
        fileprivate var index: Int
    }

    /// Nil where a place is free.
    private var slots: [StoredItem?] = []
    private var free: [Int] = []
    private var places: [ByteBuffer: Int] = [:]
    private var order = UseOrder()

    /// The sum of the items' sizes, in bytes.
    private(set) var bytes = 0

    var count: Int { places.count }

    var leastRecentlyUsed: Place? { order.oldest.map(Place.init) }

    var items: some Sequence<StoredItem> { slots.lazy.compactMap(\.self) }

    func place(of key: ByteBuffer) -> Place? {
        places[key].map(Place.init)
    }

    /// The item at a place that ``place(of:)`` has named and that was not removed since.
    subscript(place: Place) -> StoredItem? {
        slots[place.index]
    }

    /// Changes an item where it lies.
    mutating func change(_ place: Place, _ change: (inout StoredItem) -> Void) {
        guard var item = slots[place.index].take() else { return }
        bytes -= item.size
        change(&item)
        bytes += item.size
        slots[place.index] = item
    }

    /// Stores an item as the most recently used one, over another with its key.
    mutating func store(_ item: StoredItem) {
        if let place = place(of: item.key) {
            change(place) { $0 = item }
            use(place)
            return
        }
        bytes += item.size
        let index: Int
        if let reused = free.popLast() {
            index = reused
            slots[index] = item
        } else {
            index = slots.count
            slots.append(item)
        }
        places[item.key] = index
        order.add(index)
    }

    mutating func remove(_ place: Place) {
        guard let item = slots[place.index].take() else { return }
        bytes -= item.size
        places[item.key] = nil
        order.remove(place.index)
        free.append(place.index)
    }

    /// Makes an item the most recently used one.
    mutating func use(_ place: Place) {
        order.use(place.index)
    }
}
