import Foundation
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryReadingTests {
    @Test(arguments: DictionaryBackend.all)
    func `a miss is nil, and a hit is what was stored`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            #expect(try await visitors["ada"] == nil)
            #expect(try await visitors.value(forKey: "ada") == nil)
            #expect(try await visitors.entry(forKey: "ada") == nil)
            #expect(try await visitors.value(forKey: "ada", settingExpiration: .never) == nil)
            #expect(try await !visitors.contains("ada"))
            #expect(try await !visitors.touch(forKey: "ada", expiration: .never))

            let ada = Visitor(name: "Ada", visits: 1)
            let version = try await visitors.store(ada, forKey: "ada")
            #expect(try await visitors["ada"] == ada)
            #expect(try await visitors.value(forKey: "ada") == ada)
            #expect(try await visitors.entry(forKey: "ada") == MemcachedEntry(key: "ada", value: ada, version: version))
            #expect(try await visitors.value(forKey: "ada", settingExpiration: .never) == ada)
            #expect(try await visitors.contains("ada"))
            #expect(try await visitors.touch(forKey: "ada", expiration: .never))
            #expect(try await visitors.entry(forKey: "ada")?.version == version)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `what is stored is the codec's bytes under the prefixed key`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            try await MemcachedDict<Visitor>.visitors(client).store(Visitor(name: "Ada", visits: 1), forKey: "ada")
            let item = try #require(try await client.get("visitors:ada"))
            #expect(try JSONDecoder().decode(Visitor.self, from: Data(item.value.readableBytesView)).name == "Ada")
            #expect(item.flags == 0x1_0010)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `what comes out is a copy: changing it changes nothing until it is stored`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            try await visitors.store(Visitor(name: "Ada"), forKey: "ada")
            var ada = try #require(try await visitors["ada"])
            ada.visits = 5
            var entry = try #require(try await visitors.entry(forKey: "ada"))
            entry.value.visits = 6
            #expect(try await visitors["ada"]?.visits == 0)
            try await visitors.store(ada, forKey: "ada")
            #expect(try await visitors["ada"]?.visits == 5)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `an undecodable value throws, naming codec, format and key, and is never a miss`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withClient { client, server in
            let texts = MemcachedDict<String>(client, keyPrefix: "things", codec: .text())
            let numbers = MemcachedDict<Int>(client, keyPrefix: "things", codec: .integer())
            try await texts.store("seven", forKey: "n")
            let computed: @Sendable () async throws -> Int = {
                Issue.record("computed")
                return 7
            }
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await numbers["n"] }, { _ = try await numbers.value(forKey: "n") },
                { _ = try await numbers.entry(forKey: "n") }, { _ = try await numbers.values(forKeys: ["n"]) },
                { _ = try await numbers.value(forKey: "n", settingExpiration: .never) },
                { _ = try await numbers.entries(forKeys: ["n"]) },
                { _ = try await numbers.results(forKeys: ["n"])["n"]?.get() },
                { try await numbers.update(forKey: "n", default: 0) { $0 += 1 } },
                { _ = try await numbers.value(forKey: "n", orStore: computed) },
            ]
            for call in calls {
                let error = await #expect(throws: MemcachedError.self) { try await call() }
                #expect(error?.code == .undecodable)
                #expect(error?.key == "things:n")
                #expect(error?.message.contains("the stored value (text, 5 bytes)") == true)
                #expect(error?.message.contains("the codec 'integer'") == true)
                #expect(error?.server.map { "\($0)" } == server.address)
                #expect((error?.cause as? ValueCodecError)?.code == .formatMismatch)
            }
            #expect(try await numbers.contains("n"))
            #expect(try await texts["n"] == "seven")
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `flags that mean nothing are named, and the value's bytes are not`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            try await client.set("visitors:ada", to: ByteBuffer(string: "hunter2"), flags: 0x0BAD_0000)
            let error = await #expect(throws: MemcachedError.self) {
                try await MemcachedDict<Visitor>.visitors(client)["ada"]
            }
            #expect(error?.code == .undecodable)
            #expect(error?.message.contains("7 bytes with the flags \(0x0BAD_0000)") == true)
            #expect(error?.message.contains("hunter2") == false)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `one client serves dictionaries of other prefixes, types, codecs and conventions at once`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>(client, keyPrefix: "visitors", codec: .propertyList())
            let counters = MemcachedDict<Int>(client, keyPrefix: "counters", codec: .integer())
            let notes = MemcachedDict<String>(client, keyPrefix: .none, codec: .text().compressed(above: 100))
            let foreign = MemcachedDict<String>(
                client,
                keyPrefix: .verbatim("php."),
                codec: .text(),
                flags: .phpMemcached
            )
            let long = String(repeating: "note ", count: 1_000)
            try await withThrowingTaskGroup { group in
                group.addTask { try await visitors.store(Visitor(name: "Ada"), forKey: "k") }
                group.addTask { try await counters.store(7, forKey: "k") }
                group.addTask { try await notes.store(long, forKey: "k") }
                group.addTask { try await foreign.store("php", forKey: "k") }
                try await group.waitForAll()
            }
            #expect(try await visitors["k"] == Visitor(name: "Ada"))
            #expect(try await counters["k"] == 7)
            #expect(try await client.increment("counters:k") == 8)
            #expect(try await counters["k"] == 8)
            #expect(try await notes["k"] == long)
            #expect(try await client.get("k")?.value.readableBytes ?? 0 < 1_000)
            #expect(try await foreign["k"] == "php")
            #expect(try await client.get("php.k")?.flags == 0)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `more than a megabyte of JSON goes through compressed, and is refused unsent without`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withClient { client, _ in
            let catalog = (0..<30_000).map { Visitor(name: "visitor number \($0)", visits: $0) }
            let json = try JSONEncoder().encode(catalog)
            #expect(json.count > 1_048_576)
            let packed = MemcachedDict<[Visitor]>(
                client,
                keyPrefix: "catalogs",
                codec: .json().compressed(above: 1_024)
            )
            try await packed.store(catalog, forKey: "all")
            #expect(try await packed["all"] == catalog)
            let stored = try #require(try await client.get("catalogs:all"))
            #expect(stored.value.readableBytes < json.count / 4)
            #expect(stored.flags == 0x1_0018)

            let plain = MemcachedDict<[Visitor]>(client, keyPrefix: "catalogs", codec: .json())
            let error = await #expect(throws: MemcachedError.self) { try await plain.store(catalog, forKey: "all") }
            #expect(error?.code == .valueTooLarge)
            #expect(error?.key == "catalogs:all")
            #expect(try await packed["all"] == catalog)
            // Whoever has no compression reads what another one has compressed, but no other format.
            #expect(try await plain["all"] == catalog)
            let texts = MemcachedDict<String>(client, keyPrefix: "catalogs", codec: .text())
            let unread = await #expect(throws: MemcachedError.self) { try await texts["all"] }
            #expect(unread?.code == .undecodable)
            #expect(unread?.message.contains("(json, zlib-compressed, ") == true)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `long keys are stored under their hash by policy, and found again`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let texts = MemcachedDict<String>(client, keyPrefix: "p", codec: .text(), longKeys: .hash)
            let long = String(repeating: "k", count: 300)
            try await texts.store("short", forKey: "k")
            try await texts.store("long", forKey: long)
            #expect(try await texts.values(forKeys: [long, "k"]) == [long: "long", "k": "short"])
            #expect(try await texts.entry(forKey: long)?.key == long)
            let stored = try await client.get("p#17b16d8ef494060fefa36a6a41567b8c32d213a17e02b7eeae86158cc4495461")
            #expect(stored.map { String(buffer: $0.value) } == "long")
        }
    }
}
