import Memcached
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryStoringTests {
    private let ada = Visitor(name: "Ada")
    private let grace = Visitor(name: "Grace")

    @Test(arguments: DictionaryBackend.all)
    func `add stores where there is nothing, and replace where there is something`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            #expect(try await visitors.replace(ada, forKey: "k") == .missing)
            #expect(try await visitors["k"] == nil)
            guard case .stored(let added) = try await visitors.add(ada, forKey: "k") else {
                Issue.record("not added")
                return
            }
            #expect(try await visitors.entry(forKey: "k")?.version == added)
            #expect(try await visitors.add(grace, forKey: "k") == .exists)
            #expect(try await visitors["k"] == ada)
            guard case .stored(let replaced) = try await visitors.replace(grace, forKey: "k") else {
                Issue.record("not replaced")
                return
            }
            #expect(replaced != added)
            #expect(try await visitors.entry(forKey: "k") == MemcachedEntry(key: "k", value: grace, version: replaced))
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `an entry is stored where nobody else has stored, and tells its new version`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            try await visitors.store(ada, forKey: "k")
            var entry = try #require(try await visitors.entry(forKey: "k"))
            entry.value.visits = 1
            guard case .stored(let version) = try await visitors.store(entry) else {
                Issue.record("not stored")
                return
            }
            #expect(
                try await visitors.entry(forKey: "k") == MemcachedEntry(key: "k", value: entry.value, version: version)
            )

            // The version has moved on, by this writer itself.
            entry.value.visits = 2
            #expect(try await visitors.store(entry) == .conflict)
            #expect(try await visitors["k"]?.visits == 1)
            try await visitors.removeValue(forKey: "k")
            #expect(try await visitors.store(entry) == .missing)
            #expect(try await visitors["k"] == nil)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `an entry is removed where nobody else has stored`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            try await visitors.store(ada, forKey: "k")
            let old = try #require(try await visitors.entry(forKey: "k"))
            try await visitors.store(grace, forKey: "k")
            #expect(try await visitors.remove(old) == .conflict)
            #expect(try await visitors["k"] == grace)
            let new = try #require(try await visitors.entry(forKey: "k"))
            #expect(try await visitors.remove(new) == .removed)
            #expect(try await visitors["k"] == nil)
            #expect(try await visitors.remove(new) == .missing)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `removing tells whether there was something`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            #expect(try await visitors.removeValue(forKey: "k") == false)
            try await visitors.store(ada, forKey: "k")
            #expect(try await visitors.removeValue(forKey: "k") == true)
            #expect(try await visitors["k"] == nil)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a version from before a restart throws versionUnusable, and never overwrites`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withClient { client, server in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            try await visitors.store(ada, forKey: "k")
            let old = try #require(try await visitors.entry(forKey: "k"))
            try await server.restart()
            try await client.waitForServer()
            try await visitors.store(grace, forKey: "k")
            // The danger: CAS numbers begin again, and this one is the old one's.
            #expect(try await visitors.entry(forKey: "k")?.version.cas == old.version.cas)

            for call in [{ _ = try await visitors.store(old) }, { _ = try await visitors.remove(old) }]
                as [() async throws -> Void]
            {
                let error = await #expect(throws: MemcachedError.self) { try await call() }
                #expect(error?.code == .versionUnusable)
                #expect(error?.message.contains("restarted") == true)
            }
            let result = await visitors.outcomes(storing: [old])["k"]
            #expect(throws: MemcachedError.self) { try result?.get() }
            #expect(try await visitors["k"] == grace)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a version of another server throws versionUnusable, and never overwrites`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            try await backend.withClient { other, _ in
                let (here, there) = (MemcachedDict<Visitor>.visitors(client), MemcachedDict<Visitor>.visitors(other))
                try await here.store(ada, forKey: "k")
                try await there.store(grace, forKey: "k")
                let entry = try #require(try await here.entry(forKey: "k"))
                #expect(try await there.entry(forKey: "k")?.version.cas == entry.version.cas)
                let error = await #expect(throws: MemcachedError.self) { try await there.store(entry) }
                #expect(error?.code == .versionUnusable)
                #expect(try await there["k"] == grace)
            }
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a server that keeps no CAS makes versions unusable, and is never overwritten by one`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withClient(keepingCAS: false) { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            try await visitors.store(ada, forKey: "k")
            let entry = try #require(try await visitors.entry(forKey: "k"))
            #expect(entry.version.cas == 0)
            let calls: [() async throws -> Void] = [
                { _ = try await visitors.store(entry) }, { _ = try await visitors.remove(entry) },
                { _ = try await visitors.outcomes(storing: [entry])["k"]?.get() },
                { try await visitors.update(forKey: "k") { $0.visits += 1 } },
            ]
            for call in calls {
                let error = await #expect(throws: MemcachedError.self) { try await call() }
                #expect(error?.code == .versionUnusable)
                #expect(error?.message.contains("-C") == true)
            }
            #expect(try await visitors["k"] == ada)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `an entry of another dictionary's key overwrites nothing`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            let others = MemcachedDict<Visitor>(client, keyPrefix: "others", codec: .json())
            try await visitors.store(ada, forKey: "k")
            try await others.store(grace, forKey: "k")
            let entry = try #require(try await visitors.entry(forKey: "k"))
            #expect(try await others.store(entry) == .conflict)
            #expect(try await others["k"] == grace)
        }
    }
}
