import DequeModule
import HeapModule
package import NIOCore

/// A queue that entries leave at its front, out of its middle, or when their deadlines pass.
///
/// Ten thousand callers may wait here and give up all at once, or one after the other: each of them leaves in about the same time
/// however many the others are.
package struct DeadlineQueue<Element: Sendable>: Sendable {
    package struct Entry: Sendable {
        package let id: UInt64
        package let element: Element
        package let deadline: NIODeadline
    }

    private struct Due: Comparable, Sendable {
        let deadline: NIODeadline
        let place: Int

        static func < (first: Due, second: Due) -> Bool {
            first.deadline < second.deadline
        }
    }

    /// Nil where somebody has left out of the middle, never at the front.
    private var entries: Deque<Entry?> = []
    /// The place of the entry at the front. Places are given in order, and don't move.
    private var front = 0
    private var places: [UInt64: Int] = [:]
    /// The deadlines, some of them of entries that have left, the earliest never.
    private var deadlines = Heap<Due>()

    package init() {}

    package var isEmpty: Bool { places.isEmpty }

    package var count: Int { places.count }

    package var first: Element? { entries.first??.element }

    package var earliestDeadline: NIODeadline { deadlines.min?.deadline ?? .distantFuture }

    /// Queues an entry under an id of its own.
    package mutating func append(_ element: Element, id: UInt64, deadline: NIODeadline) {
        let place = front + entries.count
        entries.append(Entry(id: id, element: element, deadline: deadline))
        places[id] = place
        if deadline != .distantFuture { deadlines.insert(Due(deadline: deadline, place: place)) }
    }

    package mutating func popFirst() -> Entry? {
        guard let first = entries.first ?? nil else { return nil }
        remove(first, at: front)
        tidy()
        return first
    }

    /// Nil where the entry isn't here any more.
    package mutating func remove(id: UInt64) -> Element? {
        guard let place = places[id], let entry = entry(at: place) else { return nil }
        remove(entry, at: place)
        tidy()
        return entry.element
    }

    /// Takes out all whose deadlines have passed, in the queue's order.
    package mutating func expire(now: NIODeadline) -> [Element] {
        var over: [Int] = []
        while let due = deadlines.min, due.deadline <= now {
            deadlines.removeMin()
            if entry(at: due.place) != nil { over.append(due.place) }
        }
        var elements: [Element] = []
        for place in over.sorted() {
            guard let entry = entry(at: place) else { continue }
            elements.append(entry.element)
            remove(entry, at: place)
        }
        tidy()
        return elements
    }

    /// Takes out all, in the queue's order.
    package mutating func removeAll() -> [Element] {
        defer { self = DeadlineQueue() }
        return entries.compactMap { $0?.element }
    }

    private func entry(at place: Int) -> Entry? {
        let index = place - front
        return entries.indices.contains(index) ? entries[index] : nil
    }

    private mutating func remove(_ entry: Entry, at place: Int) {
        entries[place - front] = nil
        places[entry.id] = nil
    }

    /// Forgets what has left at the front and among the deadlines; all of it once that is more than what is here.
    private mutating func tidy() {
        while case .some(.none) = entries.first {
            entries.removeFirst()
            front += 1
        }
        while let due = deadlines.min, entry(at: due.place) == nil {
            deadlines.removeMin()
        }
        guard max(entries.count, deadlines.count) > 2 * count + 16 else { return }
        let remaining = entries.compactMap { $0 }
        self = DeadlineQueue()
        for entry in remaining { append(entry.element, id: entry.id, deadline: entry.deadline) }
    }
}
