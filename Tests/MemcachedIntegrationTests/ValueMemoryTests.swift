import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

/// What a value keeps in memory for as long as somebody keeps the value.
@Suite("The memory of values", .fewAtATime, .timeLimit(.minutes(60)))
struct ValueMemoryTests {
    private static let keys = (0..<500).map { "key-\($0)" }

    private func withItems(_ body: (MemcachedClient) async throws -> Void) async throws {
        try await withMemcachedTestServer { server in
            try await withClient(of: [server.address]) { client in
                let items = Self.keys.map { ($0, StoreItem(value: bytes(Self.text(of: $0)))) }
                for (_, result) in await client.setMany(Dictionary(uniqueKeysWithValues: items)) { try result.get() }
                try await body(client)
            }
        }
    }

    private static func text(of key: String) -> String { key + String(repeating: "x", count: 100) }

    /// Of some 100 bytes.
    private func check(_ item: MemcachedItem?, _ key: String, capacity: Int = 4 * 108) {
        #expect(item?.value == bytes(Self.text(of: key)))
        #expect((item?.value.storageCapacity ?? 0) <= capacity)
    }

    @Test func `a small value keeps little of what was read with it`() async throws {
        try await withItems { client in check(try await client.get(Self.keys[0]), Self.keys[0]) }
    }

    @Test func `those of a batch share what was read at once, but not with a large one`() async throws {
        try await withItems { client in
            let large = bytes(String(repeating: "x", count: 900_000))
            try await client.set("large", to: large)
            for (key, result) in await client.getMany(Self.keys + ["large"]) where key != "large" {
                check(try result.get(), key, capacity: 128 * 1_024)
            }
        }
    }

    @Test func `nor do values that many callers were given at once`() async throws {
        try await withItems { client in
            let items = try await withThrowingTaskGroup(of: (String, MemcachedItem?).self) { group in
                for key in Self.keys {
                    group.addTask { (key, try await client.get(key)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(items.count == Self.keys.count)
            for (key, item) in items { check(item, key) }
        }
    }

    @Test func `nor do the bytes that a dictionary returns`() async throws {
        try await withItems { client in
            let dictionary = MemcachedDict<ByteBuffer>(client, keyPrefix: .none, codec: .bytes())
            for (key, value) in try await dictionary.values(forKeys: Self.keys) {
                #expect(value == bytes(Self.text(of: key)))
                #expect(value.storageCapacity <= 4 * 108)
            }
        }
    }
}
