import Memcached
import MemcachedTesting
import Synchronization
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryUpdateTests {
    private struct Refusal: Error {}

    private func counters(_ client: MemcachedClient) -> MemcachedDict<Int> {
        MemcachedDict(client, keyPrefix: "counters", codec: .integer())
    }

    @Test(arguments: DictionaryBackend.all)
    func `an update stores what the closure makes, and returns it`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            try await visitors.store(Visitor(name: "Ada"), forKey: "ada")
            #expect(try await visitors.update(forKey: "ada") { $0.visits += 1 } == Visitor(name: "Ada", visits: 1))
            #expect(try await visitors["ada"] == Visitor(name: "Ada", visits: 1))
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `without a value the closure isn't called, and the update is nil`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let outcome = try await counters(client).update(forKey: "n") { _ in Issue.record("called") }
            #expect(outcome == nil)
            #expect(try await counters(client)["n"] == nil)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a default is changed and added, and isn't made where there is a value`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            try await countDefaults(counters(client))
        }
    }

    private func countDefaults(_ counters: MemcachedDict<Int>) async throws {
        var made = 0
        func ten() -> Int {
            made += 1
            return 10
        }
        #expect(try await counters.update(forKey: "n", default: ten()) { $0 += 1 } == 11)
        #expect(try await counters.update(forKey: "n", default: ten()) { $0 += 1 } == 12)
        #expect(try await counters["n"] == 12)
        #expect(made == 1)
    }

    @Test(arguments: DictionaryBackend.all)
    func `a closure that throws stores nothing, and its error comes out as it is`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            let counters = counters(client)
            try await counters.store(1, forKey: "n")
            for key in ["n", "missing"] {
                await #expect(throws: Refusal.self) {
                    try await counters.update(forKey: key, default: 0) {
                        $0 += 1
                        throw Refusal()
                    }
                }
            }
            #expect(try await counters.values(forKeys: ["n", "missing"]) == ["n": 1])
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a MemcachedError of the closure's own is no conflict, and is not tried again`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withClient { client, server in
            let counters = counters(client)
            let late = counters.timeout(.zero)
            try await counters.store(1, forKey: "n")
            var calls = 0
            let error = await #expect(throws: MemcachedError.self) {
                try await counters.update(forKey: "n", whenUnknown: .applyAgain) { value in
                    calls += 1
                    if calls == 1 {
                        try await counters.store(100, forKey: "n")
                    } else {
                        value = try await late["other"] ?? 0
                    }
                }
            }
            #expect(calls == 2)
            #expect(error?.code == .timedOut)
            #expect(error?.key == "counters:other")
            #expect(try await counters["n"] == 100)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `8 tasks with 125 updates each lose none`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<125 {
                            try await visitors.update(
                                forKey: "ada",
                                default: Visitor(name: "Ada"),
                                attempts: 1_000_000
                            ) { $0.visits += 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await visitors["ada"]?.visits == 1_000)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a conflict reads again: the change is made to the newest value`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let counters = counters(client)
            try await counters.store(1, forKey: "n")
            var seen: [Int] = []
            let outcome = try await counters.update(forKey: "n") {
                seen.append($0)
                if seen.count <= 2 { try await counters.store($0 * 10, forKey: "n") }
                $0 += 1
            }
            #expect(seen == [1, 10, 100])
            #expect(outcome == 101)
            #expect(try await counters["n"] == 101)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `an item that is added or removed in between is a conflict, too`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let counters = counters(client)
            var seen: [Int] = []
            let outcome = try await counters.update(forKey: "n", default: 0) {
                seen.append($0)
                switch seen.count {
                case 1: try await counters.store(50, forKey: "n")
                case 2: try await counters.removeValue(forKey: "n")
                default: break
                }
                $0 += 1
            }
            #expect(seen == [0, 50, 0])
            #expect(outcome == 1)

            let vanished = try await counters.update(forKey: "n") { _ in try await counters.removeValue(forKey: "n") }
            #expect(vanished == nil)
            #expect(try await counters["n"] == nil)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `attempts that all meet another writer throw tooManyConflicts with their number`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withClient { client, _ in
            let counters = counters(client)
            try await counters.store(0, forKey: "n")
            var calls = 0
            let error = await #expect(throws: MemcachedError.self) {
                try await counters.update(forKey: "n", attempts: 3) {
                    calls += 1
                    try await counters.store(calls * 10, forKey: "n")
                    $0 += 1
                }
            }
            #expect(calls == 3)
            #expect(error?.code == .tooManyConflicts)
            #expect(error?.message.contains("3 conflicts") == true)
            #expect(error?.key == "counters:n")
            #expect(try await counters["n"] == 30)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `the deadline bounds all attempts together`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let counters = counters(client)
            try await counters.store(0, forKey: "n")
            // A client that nobody runs: a call waits for as long as its deadline allows.
            let idle = self.counters(try MemcachedClient(configuration: client.cluster.configuration))
            var calls = 0
            let error = await #expect(throws: MemcachedError.self) {
                try await counters.timeout(.seconds(3)).update(forKey: "n", attempts: .max) {
                    calls += 1
                    try await counters.store(-calls, forKey: "n")
                    if calls == 2 { _ = try? await idle.timeout(.seconds(3))["n"] }
                    $0 += 1
                }
            }
            #expect(calls == 2)
            #expect(error?.code == .tooManyConflicts)
            #expect(error?.message.contains("met 1 conflict with other writers before the deadline passed") == true)
            #expect((error?.cause as? MemcachedError)?.code == .timedOut)
            #expect(try await counters["n"] == -2)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a cancelled update throws cancelled, and stores nothing`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let counters = counters(client)
            try await counters.store(1, forKey: "n")
            let update = Task {
                try await counters.update(forKey: "n") {
                    $0 += 1
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            let error = await #expect(throws: MemcachedError.self) { try await update.value }
            #expect(error?.code == .cancelled)
            #expect(error?.key == "counters:n")
            #expect(try await counters["n"] == 1)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `after a restart in between the update goes on with what the server then holds`(
        backend: DictionaryBackend
    ) async throws {
        try await backend.withClient { client, server in
            let counters = counters(client)
            try await counters.store(1, forKey: "n")
            var seen: [Int] = []
            let outcome = try await counters.update(forKey: "n") {
                seen.append($0)
                if seen.count == 1 {
                    try await server.restart()
                    try await client.waitForServer()
                    try await counters.store(70, forKey: "n")
                }
                $0 += 1
            }
            #expect(seen == [1, 70])
            #expect(outcome == 71)
            #expect(try await counters["n"] == 71)

            let gone = try await counters.update(forKey: "n") { _ in
                try await server.restart()
                try await client.waitForServer()
            }
            #expect(gone == nil)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `an outage throws, and is no miss`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, server in
            let counters = counters(client)
            try await counters.store(1, forKey: "n")
            await server.kill()
            let error = await #expect(throws: MemcachedError.self) {
                try await counters.update(forKey: "n", default: 0) { $0 += 1 }
            }
            #expect(error?.code == .connectionFailed || error?.code == .connectionLost)
            #expect(error?.server.map { "\($0)" } == server.address)
        }
    }
}
