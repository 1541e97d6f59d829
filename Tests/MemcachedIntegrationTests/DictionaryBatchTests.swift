import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryBatchTests {
    private func numbers(_ client: MemcachedClient) -> MemcachedDict<Int> {
        MemcachedDict(client, keyPrefix: "numbers", codec: .integer())
    }

    @Test(arguments: DictionaryBackend.all)
    func `values and entries leave misses out, and results tell them`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let numbers = numbers(client)
            let version = try await numbers.store(1, forKey: "one")
            try await numbers.store(2, forKey: "two")
            let keys = ["two", "missing", "one", "two"]
            #expect(try await numbers.values(forKeys: keys) == ["one": 1, "two": 2])
            let entries = try await numbers.entries(forKeys: keys)
            #expect(entries.keys.sorted() == ["one", "two"])
            #expect(entries["one"] == MemcachedEntry(key: "one", value: 1, version: version))
            let results = await numbers.results(forKeys: keys)
            #expect(results.count == 3)
            #expect(try results["one"]?.get() == 1)
            #expect(try results["missing"]?.get() == .some(nil))
            #expect(try await numbers.entryResults(forKeys: ["missing"])["missing"]?.get() == .some(nil))
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `several values are stored and removed together`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let numbers = numbers(client)
            let values = Dictionary(uniqueKeysWithValues: (0..<3_000).map { ("key-\($0)", $0) })
            try await numbers.store(values)
            #expect(try await numbers.values(forKeys: values.keys) == values)
            #expect(try await client.get("numbers:key-7").map { String(buffer: $0.value) } == "7")
            let some = (2_990..<3_010).map { "key-\($0)" }
            #expect(try await numbers.removeValues(forKeys: some + some) == Set(some.prefix(10)))
            let results = await numbers.results(removing: ["key-0", "key-2999"])
            #expect(try results["key-0"]?.get() == true)
            #expect(try results["key-2999"]?.get() == false)
            #expect(try await numbers.values(forKeys: values.keys).count == 2_989)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `compare-and-swaps in a batch are stored, conflicting and missing at once`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            let numbers = numbers(client)
            try await numbers.store(["a": 1, "b": 2, "c": 3])
            var entries = try await numbers.entries(forKeys: ["a", "b", "c"])
            for key in entries.keys { entries[key]?.value += 10 }
            try await numbers.store(20, forKey: "b")
            try await numbers.removeValue(forKey: "c")
            let results = await numbers.outcomes(storing: entries.values)
            let entry = try await numbers.entry(forKey: "a")
            #expect(entry?.value == 11)
            #expect(try results["a"]?.get() == entry.map { .stored($0.version) })
            #expect(try results["b"]?.get() == .conflict)
            #expect(try results["c"]?.get() == .missing)
            #expect(try await numbers.values(forKeys: ["a", "b", "c"]) == ["a": 11, "b": 20])
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `of entries with the same key the last one is stored`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let numbers = numbers(client)
            let version = try await numbers.store(1, forKey: "a")
            let entries = (2...4).map { MemcachedEntry(key: "a", value: $0, version: version) }
            // A sequence that can be gone through once only.
            var iterator = entries.makeIterator()
            let results = await numbers.outcomes(storing: AnySequence { AnyIterator { iterator.next() } })
            #expect(results.count == 1)
            guard case .stored = try results["a"]?.get() else {
                Issue.record("\(results)")
                return
            }
            #expect(try await numbers["a"] == 4)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `bad keys and values in the middle fail alone`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let numbers = numbers(client)
            let long = String(repeating: "k", count: 300)
            try await client.set("numbers:text", to: ByteBuffer(string: "seven"))
            let stored = await numbers.results(storing: ["a": 1, "": 2, long: 3, "z": 4])
            for key in ["a", "z"] { #expect(throws: Never.self) { try stored[key]?.get() } }
            let results = await numbers.results(forKeys: ["a", "", "text", long, "z", "missing"])
            #expect(try results["a"]?.get() == 1)
            #expect(try results["z"]?.get() == 4)
            #expect(try results["missing"]?.get() == .some(nil))
            for (results, keys) in [(results.mapValues { $0.map { _ in } }, ["", long]), (stored, ["", long])] {
                for key in keys {
                    let error = #expect(throws: MemcachedError.self) { try results[key]?.get() }
                    #expect(error?.code == .invalidKey)
                    #expect(error?.key == "numbers:" + key)
                }
            }
            let undecodable = #expect(throws: MemcachedError.self) { try results["text"]?.get() }
            #expect(undecodable?.code == .undecodable)

            let first = await #expect(throws: MemcachedError.self) {
                try await numbers.values(forKeys: ["a", "text", long, "z"])
            }
            #expect(first?.code == .invalidKey)
            #expect(first?.message.contains("2 of 4 keys failed") == true)
            let only = await #expect(throws: MemcachedError.self) { try await numbers.entries(forKeys: ["a", "text"]) }
            #expect(only?.code == .undecodable)
            let removed = await #expect(throws: MemcachedError.self) {
                try await numbers.removeValues(forKeys: ["a", ""])
            }
            #expect(removed?.code == .invalidKey)
            #expect(try await numbers.values(forKeys: ["a", "z"]) == ["z": 4])
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `two spellings of one text never get each other's value`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let numbers = numbers(client)
            try await numbers.store(1, forKey: "caf\u{E9}")
            #expect(try await numbers["cafe\u{301}"] == nil)
            let results = await numbers.results(forKeys: ["cafe\u{301}", "caf\u{E9}", "tea"])
            #expect(results.count == 2)
            #expect(try results["tea"]?.get() == .some(nil))
            let error = #expect(throws: MemcachedError.self) { try results["caf\u{E9}"]?.get() }
            #expect(error?.code == .invalidKey)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `with one of three servers down values throw, results tell, and no failure reads as a miss`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withServer { one in
            try await backend.withServer { two in
                try await backend.withServer { three in
                    let addresses = [one.address, two.address, three.address]
                    try await withMemcachedClient(configuration: .forTests(addresses)) { client in
                        let numbers = numbers(client)
                        let values = Dictionary(uniqueKeysWithValues: (0..<60).map { ("key-\($0)", $0) })
                        try await numbers.store(values)
                        let entries = try await numbers.entries(forKeys: values.keys)
                        #expect(entries.count == 60)
                        let onTwo = try Set(values.keys.filter { try client.server(for: "numbers:" + $0).index == 1 })
                        #expect(!onTwo.isEmpty && onTwo.count < 60)

                        await two.kill()
                        let results = await numbers.results(forKeys: values.keys)
                        let stored = await numbers.results(storing: values)
                        let swapped = await numbers.outcomes(storing: entries.values)
                        let removed = await numbers.results(removing: values.keys)
                        #expect(results.count == 60)
                        for (key, value) in values where !onTwo.contains(key) {
                            #expect(try results[key]?.get() == value)
                            #expect(throws: Never.self) { try stored[key]?.get() }
                            #expect(try swapped[key]?.get() == .conflict)
                            #expect(try removed[key]?.get() == true)
                        }
                        for key in onTwo {
                            let errors = [
                                #expect(throws: MemcachedError.self) { try results[key]?.get() },
                                #expect(throws: MemcachedError.self) { try stored[key]?.get() },
                                #expect(throws: MemcachedError.self) { try swapped[key]?.get() },
                                #expect(throws: MemcachedError.self) { try removed[key]?.get() },
                            ]
                            for error in errors {
                                #expect(error?.server.map { "\($0)" } == two.address)
                                #expect(error?.key == "numbers:" + key)
                            }
                        }
                        let error = await #expect(throws: MemcachedError.self) {
                            try await numbers.values(forKeys: values.keys)
                        }
                        #expect(error?.message.contains("\(onTwo.count) of 60 keys failed") == true)
                        await #expect(throws: MemcachedError.self) { try await numbers.entries(forKeys: onTwo) }
                        await #expect(throws: MemcachedError.self) { try await numbers.store(values) }
                        await #expect(throws: MemcachedError.self) {
                            try await numbers.removeValues(forKeys: values.keys)
                        }
                    }
                }
            }
        }
    }
}
