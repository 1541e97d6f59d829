import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct ItemTableTests {
    /// What the table should hold, kept the plain way: the most recently used key last.
    private struct Model {
        var items: [(key: String, size: Int)] = []

        mutating func use(_ key: String) {
            guard let index = items.firstIndex(where: { $0.key == key }) else { return }
            items.append(items.remove(at: index))
        }
    }

    private func item(_ key: String, size: Int) -> StoredItem {
        StoredItem(
            key: ByteBuffer(string: key),
            value: ByteBuffer(),
            flags: 0,
            expiration: 0,
            storedAt: 0,
            cas: 0,
            size: size
        )
    }

    @Test func `the table keeps count, bytes and order through any sequence of changes`() throws {
        var random = SplitMixGenerator(seed: 3)
        var table = ItemTable()
        var model = Model()
        for _ in 0..<20_000 {
            let key = "\(Int.random(in: 0..<12, using: &random))"
            let place = table.place(of: ByteBuffer(string: key))
            #expect((place != nil) == model.items.contains { $0.key == key })
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let size = Int.random(in: 1...100, using: &random)
                table.store(item(key, size: size))
                model.items.removeAll { $0.key == key }
                model.items.append((key, size))
            case 2:
                if let place { table.use(place) }
                model.use(key)
            default:
                if let place { table.remove(place) }
                model.items.removeAll { $0.key == key }
            }
            #expect(table.count == model.items.count)
            #expect(table.bytes == model.items.map(\.size).reduce(0, +))
            let oldest = table.leastRecentlyUsed.flatMap { table[$0] }
            #expect(oldest.map { String(buffer: $0.key) } == model.items.first?.key)
        }
    }
}
