import Memcached
import TestSupport
import Testing

@testable import Memcached

/// A real memcached that stands still (SIGSTOP): connections stay, and nothing is answered.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct DictionaryStoppedServerTests {
    private func withCounters(
        stallTimeout: Duration = .seconds(30),
        _ body: (MemcachedDict<Int>, MemcachedClient, MemcachedProcess) async throws -> Void
    ) async throws {
        try await MemcachedProcess.withMemcached { process in
            var configuration = try MemcachedClient.Configuration.forTests([process.address])
            configuration.connection.stallTimeout = stallTimeout
            configuration.shutdownTimeout = .zero
            try await withMemcachedClient(configuration: configuration) { client in
                try await body(MemcachedDict(client, keyPrefix: "counters", codec: .integer()), client, process)
            }
        }
    }

    @Test func `a view's deadline is its own, and the dictionary keeps waiting by its own`() async throws {
        try await withCounters { counters, client, process in
            try await counters.store(1, forKey: "n")
            let connection = try #require(client.connection)
            while connection.load.requests > 0 { await Task.yield() }
            try process.stop()
            let patient = Task { try await counters["n"] }
            while connection.load.requests == 0 { await Task.yield() }
            let quick = counters.timeout(.milliseconds(20))
            let error = await #expect(throws: MemcachedError.self) { try await quick["n"] }
            #expect(error?.code == .timedOut)
            #expect(error?.key == "counters:n")
            let several = await quick.results(forKeys: ["n", "m"])
            for key in ["n", "m"] {
                let error = #expect(throws: MemcachedError.self) { try several[key]?.get() }
                #expect(error?.code == .timedOut)
            }
            try process.resume()
            #expect(try await patient.value == 1)
        }
    }

    @Test func `a caller that computes, stores and gets no answer in its own time leaves the others theirs`()
        async throws
    {
        try await withCounters { counters, _, process in
            try await counters.store(0, forKey: "other")
            let key = try counters.keys.itemKey("n")
            let (starts, started) = AsyncStream<Void>.makeStream()
            let leader = Task {
                try await counters.timeout(.seconds(5)).value(forKey: "n") {
                    started.yield()
                    while counters.flights.followerCount(key) != 1 { await Task.yield() }
                    try process.stop()
                    return 1
                }
            }
            _ = await starts.first { true }
            let follower = Task { try await counters.value(forKey: "n") { 2 } }
            let error = await #expect(throws: MemcachedError.self) { try await leader.value }
            #expect(error?.code == .outcomeUnknown)
            try process.resume()
            // The server may still carry out the leader's store, and does.
            #expect(try await follower.value == 1)
        }
    }

    @Test func `a store that was sent and not answered has an unknown outcome`() async throws {
        try await withCounters { counters, _, process in
            try await counters.store(1, forKey: "n")
            let entry = try #require(try await counters.entry(forKey: "n"))
            try process.stop()
            let calls: [(MemcachedDict<Int>) async throws -> Void] = [
                { try await $0.store(2, forKey: "n") }, { _ = try await $0.add(2, forKey: "m") },
                { _ = try await $0.store(entry) }, { try await $0.removeValue(forKey: "n") },
                { try await $0.touch(forKey: "n", expiration: .never) }, { try await $0.store(["n": 2]) },
                { _ = try await $0.value(forKey: "n", settingExpiration: .never) },
                { try await $0.removeValues(forKeys: ["n"]) },
            ]
            for call in calls {
                let error = await errorOnceSent { try await call(counters.timeout($0)) }
                #expect(error?.code == .outcomeUnknown)
                #expect(error?.key != nil)
            }
            try process.resume()
        }
    }

    @Test(arguments: [true, false])
    func `an update whose store isn't answered throws outcomeUnknown, and changes once at most`(
        hasDefault: Bool
    ) async throws {
        try await withCounters { counters, client, process in
            if !hasDefault { try await counters.store(0, forKey: "n") }
            try await client.waitForServer()
            var calls = 0
            let error = await errorOnceSent(within: .seconds(1)) {
                try process.resume()
                calls = 0
                try await counters.timeout($0).update(forKey: "n", default: 0) {
                    calls += 1
                    $0 += 1
                    try process.stop()
                }
            }
            #expect(calls == 1)
            #expect(error?.code == .outcomeUnknown)
            #expect(error?.key == "counters:n")
            try process.resume()
            // The server carries out what it was sent while it stood still.
            #expect(try await counters["n"] == 1)
        }
    }

    @Test func `an update that may apply again and has no time left for it says that the outcome is unknown`()
        async throws
    {
        try await withCounters { counters, _, process in
            try await counters.store(0, forKey: "n")
            let error = await errorOnceSent(within: .seconds(1)) {
                try process.resume()
                try await counters.timeout($0).update(forKey: "n", whenUnknown: .applyAgain) {
                    $0 += 1
                    try process.stop()
                }
            }
            #expect(error?.code == .outcomeUnknown)
            #expect(error?.message.contains("isn't known whether it took effect") == true)
            try process.resume()
        }
    }

    @Test func `an update that may apply again reads again where the connection is lost, and may count twice`()
        async throws
    {
        try await withCounters(stallTimeout: .seconds(1)) { counters, client, process in
            try await counters.store(0, forKey: "n")
            var seen: [Int] = []
            var resuming: Task<Void, any Error>?
            let outcome = try await counters.update(forKey: "n", whenUnknown: .applyAgain) {
                seen.append($0)
                $0 += 1
                guard seen.count == 1 else { return }
                try process.stop()
                // This read ends when the connection does; then the server goes on, and carries out the first store.
                resuming = Task {
                    let error = await #expect(throws: MemcachedError.self) { try await client.get("other") }
                    #expect(error?.code == .connectionLost)
                    try process.resume()
                }
            }
            try await resuming?.value
            #expect(seen.count == 2)
            #expect(outcome == (seen.last ?? 0) + 1)
            #expect(try await counters["n"] == outcome)
        }
    }
}
