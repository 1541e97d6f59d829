import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("The client's operations on a real memcached", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct ClientOperationTests {
    private func withServer(
        _ arguments: [String] = [],
        unixSocket: Bool = false,
        _ body: (MemcachedClient) async throws -> Void
    ) async throws {
        try await MemcachedProcess.withMemcached(arguments, unixSocket: unixSocket) { process in
            try await withClient(of: [process.address]) { try await body($0) }
        }
    }

    @Test("A value is stored with its flags and comes back; a miss is nil")
    func setAndGet() async throws {
        try await withServer { client in
            #expect(try await client.get("key") == nil)
            let version = try await client.set("key", to: bytes("value"), flags: 0xABCD)
            let item = try #require(try await client.get("key"))
            #expect(item.value == bytes("value"))
            #expect(item.flags == 0xABCD)
            #expect(item.version == version)
            #expect(try await client.delete("key"))
            #expect(try await client.delete("key") == false)
            #expect(try await client.get("key") == nil)
        }
    }

    @Test("Add stores only where there is nothing, replace only where there is something")
    func addAndReplace() async throws {
        try await withServer { client in
            #expect(try await client.replace("key", value: bytes("0")) == .missing)
            let added = try await client.add("key", value: bytes("1"))
            #expect(try await client.add("key", value: bytes("2")) == .exists)
            let first = try #require(try await client.get("key"))
            #expect(added == .stored(first.version))
            #expect(first.value == bytes("1"))
            let replaced = try await client.replace("key", value: bytes("3"))
            let second = try #require(try await client.get("key"))
            #expect(replaced == .stored(second.version))
            #expect(second.value == bytes("3"))
        }
    }

    @Test("Append and prepend add to a value, and say so where there is none")
    func appendAndPrepend() async throws {
        try await withServer { client in
            #expect(try await client.append(bytes("c"), to: "key") == .notStored)
            #expect(try await client.prepend(bytes("a"), to: "key") == .notStored)
            try await client.set("key", to: bytes("b"), flags: 5)
            _ = try await client.append(bytes("c"), to: "key")
            let outcome = try await client.prepend(bytes("a"), to: "key")
            let item = try #require(try await client.get("key"))
            #expect(outcome == .stored(item.version))
            #expect(item.value == bytes("abc") && item.flags == 5)
        }
    }

    @Test("Counters count, wrap at 2^64, stop at 0, and are created only where asked")
    func counters() async throws {
        try await withServer { client in
            #expect(try await client.increment("n") == nil)
            #expect(try await client.decrement("n") == nil)
            #expect(try await client.get("n") == nil)
            #expect(try await client.increment("n", by: 5, initial: 15) == 15)
            #expect(try await client.decrement("n", by: 9) == 6)
            // The server pads a shorter number.
            #expect(try await client.get("n")?.value == bytes("6 "))
            #expect(try await client.decrement("n", by: 100) == 0)
            try await client.set("n", to: bytes("18446744073709551615"))
            #expect(try await client.increment("n", by: 2) == 1)
            try await client.set("text", to: bytes("12abc"))
            #expect(await code { try await client.increment("text") } == .notANumber)
        }
    }

    @Test("Touch and get-and-touch give a new expiration and keep the version")
    func touching() async throws {
        try await withServer { client in
            #expect(try await client.touch("key", expiration: .never) == false)
            #expect(try await client.getAndTouch("key", expiration: .never) == nil)
            let version = try await client.set("key", to: bytes("value"))
            #expect(try await client.touch("key", expiration: .after(.seconds(100))))
            #expect(try await client.getAndTouch("key", expiration: .after(.seconds(100)))?.version == version)
            // Over at once.
            #expect(try await client.touch("key", expiration: .after(.zero)))
            #expect(try await client.get("key") == nil)
        }
    }

    @Test("A compare-and-swap stores, meets a conflict, or finds nothing")
    func compareAndSwap() async throws {
        try await withServer { client in
            let old = try await client.set("key", to: bytes("1"))
            let new = try await client.compareAndSwap("key", to: bytes("2"), expecting: old)
            guard case .stored(let version) = new else { throw MemcachedFailure("\(new)") }
            #expect(try await client.compareAndSwap("key", to: bytes("3"), expecting: old) == .conflict)
            #expect(try await client.get("key")?.value == bytes("2"))
            #expect(try await client.delete("key", expecting: old) == .conflict)
            #expect(try await client.delete("key", expecting: version) == .removed)
            #expect(try await client.delete("key", expecting: version) == .missing)
            #expect(try await client.compareAndSwap("key", to: bytes("3"), expecting: version) == .missing)
            #expect(try await client.get("key") == nil)
        }
    }

    @Test("Batches tell each key's outcome")
    func batches() async throws {
        try await withServer { client in
            let stored = await client.setMany(["a": StoreItem(value: bytes("1")), "b": StoreItem(value: bytes("2"))])
            #expect(stored.values.allSatisfy { (try? $0.get()) != nil } && stored.count == 2)
            let items = await client.getMany(["a", "miss", "b"]).compactMapValues { try? $0.get()?.value }
            #expect(items == ["a": bytes("1"), "b": bytes("2")])
            let touched = await client.getAndTouchMany(["a", "miss"], expiration: .after(.seconds(100)))
            #expect(try touched["a"]?.get()?.value == bytes("1"))
            #expect(try touched["miss"]?.get() == .some(nil))
            let version = try #require(try touched["a"]?.get()?.version)
            let swapped = await client.compareAndSwapMany([
                "a": (StoreItem(value: bytes("3")), version), "b": (StoreItem(value: bytes("4")), version),
                "miss": (StoreItem(value: bytes("5")), version),
            ])
            #expect(try swapped["b"]?.get() == .conflict)
            #expect(try swapped["miss"]?.get() == .missing)
            let item = try #require(try await client.get("a"))
            #expect(try swapped["a"]?.get() == .stored(item.version))
            let deleted = await client.deleteMany(["a", "miss", "b", "a"])
            #expect(try deleted.mapValues { try $0.get() } == ["a": true, "b": true, "miss": false])
        }
    }

    @Test("Servers answer stats, version, noop, ping and flush")
    func administration() async throws {
        try await withServer { client in
            try await client.set("key", to: bytes("value"))
            #expect(try await client.stats().values.first?.get()["curr_items"] == "1")
            #expect(try await client.stats("settings").values.first?.get()["cas_enabled"] == "yes")
            #expect(try await client.version().values.first?.get().hasPrefix("1.") == true)
            #expect(await client.noop().values.allSatisfy { (try? $0.get()) != nil })
            #expect(try #require(try await client.ping().values.first?.get()) > .zero)
            let unknown = await client.stats("nonsense")
            #expect(throws: MemcachedError.self) { try unknown.values.first?.get() }
            #expect(await client.flush().values.allSatisfy { (try? $0.get()) != nil })
            #expect(try await client.get("key") == nil)
        }
    }

    @Test("Values from none to just the limit come back whole; one byte more is refused")
    func sizes() async throws {
        try await withServer { client in
            let limit = 1024 * 1024 - 48 - 8 - 2 - 2
            for size in [0, 1, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 100_000, limit] {
                var value = ByteBuffer()
                value.writeBytes((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
                try await client.set("k", to: value)
                #expect(try await client.get("k")?.value == value, "\(size) bytes")
            }
            let tooLarge = ByteBuffer(repeating: 0, count: limit + 1)
            #expect(await code { try await client.set("k", to: tooLarge) } == .valueTooLarge)
            #expect(try await client.get("k")?.value.readableBytes == limit)
        }
    }

    @Test("Keys may hold every byte of UTF-8, and 250 of them")
    func keys() async throws {
        try await withServer { client in
            let ascii = (0...0x7F as ClosedRange<UInt8>).map { "key \(Unicode.Scalar($0)) end" }
            let keys = ascii + ["ключ", "🗝️\r\n\0", String(repeating: "é", count: 125)]
            for (number, key) in keys.enumerated() { try await client.set(key, to: bytes("\(number)")) }
            let items = await client.getMany(keys)
            for (number, key) in keys.enumerated() { #expect(try items[key]?.get()?.value == bytes("\(number)")) }
            #expect(await code { try await client.get("") } == .invalidKey)
            #expect(await code { try await client.get(String(repeating: "é", count: 126)) } == .invalidKey)
        }
    }

    @Test("64 tasks at once each get their own values")
    func concurrentCallers() async throws {
        try await withServer { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    group.addTask {
                        for round in 0..<100 {
                            let value = bytes("\(task)/\(round)")
                            try await client.set("key-\(task)", to: value)
                            let item = try await client.get("key-\(task)")
                            guard item?.value == value else { throw MemcachedFailure("another's value for \(task)") }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("A batch of 20,000 keys comes back whole")
    func largeBatch() async throws {
        try await withServer { client in
            let items = Dictionary(
                uniqueKeysWithValues: (0..<20_000).map { ("key-\($0)", StoreItem(value: bytes("value \($0)"))) }
            )
            let stored = await client.setMany(items)
            #expect(stored.values.allSatisfy { (try? $0.get()) != nil })
            let read = await client.getMany(items.keys)
            #expect(read.count == 20_000)
            #expect(read.allSatisfy { name, result in (try? result.get()?.value) == items[name]?.value })
        }
    }

    @Test("A Unix socket serves as well")
    func unixSocket() async throws {
        try await withServer(unixSocket: true) { client in
            try await client.set("key", to: bytes("value"))
            #expect(try await client.get("key")?.value == bytes("value"))
        }
    }

    @Test("So does IPv6")
    func ipv6() async throws {
        try await MemcachedProcess.withMemcached(["-l", "::1"]) { process in
            try await withClient(of: ["[::1]:\(process.port)"]) { client in
                try await client.set("key", to: bytes("value"))
                #expect(try await client.get("key")?.value == bytes("value"))
            }
        }
    }
}
