import Memcached
import MemcachedFraming
import MemcachedTesting
import NIOConcurrencyHelpers
import Synchronization
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryReadThroughTests {
    private struct Failure: Error {}

    private final class Counter: Sendable {
        private let number = Atomic(0)

        var count: Int { number.load(ordering: .relaxed) }

        @discardableResult
        func increment() -> Int { number.add(1, ordering: .relaxed).newValue }
    }

    private func pages(_ client: MemcachedClient) -> MemcachedDict<String> {
        MemcachedDict(client, keyPrefix: "pages", codec: .text())
    }

    private func waitForFollowers(_ count: Int, of pages: MemcachedDict<String>) async throws {
        let key = try pages.keys.itemKey("home")
        while pages.flights.followerCount(key) != count { await Task.yield() }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a miss computes and stores, and a hit doesn't compute`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let pages = pages(client)
            #expect(try await pages.value(forKey: "home") { "<h1>" } == "<h1>")
            #expect(try await pages["home"] == "<h1>")
            let hit = try await pages.value(forKey: "home") {
                Issue.record("computed")
                return "other"
            }
            #expect(hit == "<h1>")
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `50 callers at once compute once, views of the dictionary among them`(backend: DictionaryBackend) async throws
    {
        try await backend.withClient { client, _ in
            let pages = pages(client)
            let computed = Counter()
            let values = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<50 {
                    let dictionary = number.isMultiple(of: 2) ? pages : pages.timeout(.seconds(20))
                    group.addTask {
                        try await dictionary.value(forKey: "home") {
                            let count = computed.increment()
                            try await waitForFollowers(49, of: pages)
                            return "page \(count)"
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(values == Array(repeating: "page 1", count: 50))
            #expect(computed.count == 1)
            #expect(try await pages["home"] == "page 1")
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a compute error reaches all who wait, and is not kept`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let pages = pages(client)
            let computed = Counter()
            let failures = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        do {
                            _ = try await pages.value(forKey: "home") {
                                computed.increment()
                                try await waitForFollowers(9, of: pages)
                                throw Failure()
                            }
                            return false
                        } catch {
                            return error is Failure
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 10)
            #expect(computed.count == 1)
            let kept = try await pages["home"]
            #expect(kept == nil)
            #expect(try await pages.value(forKey: "home") { "later" } == "later")
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a compute error that is another dictionary's deadline reaches all, too`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            let pages = pages(client)
            let late = pages.timeout(.zero)
            let follower = NIOLockedValueBox<Task<String, any Error>?>(nil)
            let error = await #expect(throws: MemcachedError.self) {
                try await pages.value(forKey: "home") {
                    follower.withLockedValue {
                        $0 = Task { try await pages.value(forKey: "home") { "computed by the follower" } }
                    }
                    try await waitForFollowers(1, of: pages)
                    return try await late["other"] ?? ""
                }
            }
            #expect(error?.code == .timedOut)
            let waiting = follower.withLockedValue(\.self)
            let followed = await #expect(throws: MemcachedError.self) { try await waiting?.value }
            #expect(followed?.code == .timedOut)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `when the caller that computes is cancelled, one that waits takes its place`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            let pages = pages(client)
            let (starts, started) = AsyncStream<Void>.makeStream()
            let leader = Task {
                try await pages.value(forKey: "home") {
                    started.yield()
                    try await Task.sleep(for: .seconds(600))
                    return "the cancelled one's"
                }
            }
            _ = await starts.first { true }
            let follower = Task { try await pages.value(forKey: "home") { "the follower's" } }
            try await waitForFollowers(1, of: pages)
            leader.cancel()
            await #expect(throws: CancellationError.self) { try await leader.value }
            #expect(try await follower.value == "the follower's")
            #expect(try await pages["home"] == "the follower's")
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a cancelled caller doesn't wait for the one that computes`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let pages = pages(client)
            let follower = NIOLockedValueBox<Task<String, any Error>?>(nil)
            let value = try await pages.value(forKey: "home") {
                let task = Task { try await pages.value(forKey: "home") { "the follower's" } }
                try await waitForFollowers(1, of: pages)
                task.cancel()
                // It ends while this computes.
                let error = await #expect(throws: MemcachedError.self) { try await task.value }
                #expect(error?.code == .cancelled)
                #expect(error?.key == "pages:home")
                follower.withLockedValue { $0 = task }
                return "the leader's"
            }
            #expect(value == "the leader's")
            #expect(follower.withLockedValue { $0 != nil })
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a value that another process stored meanwhile is returned by all`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, _ in
            let pages = pages(client)
            let value = try await pages.value(forKey: "home") {
                try await self.pages(client).store("the other process's", forKey: "home")
                return "mine"
            }
            #expect(value == "the other process's")
            #expect(try await pages["home"] == "the other process's")
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `an outage throws, and computes nothing`(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, server in
            let pages = pages(client)
            try await pages.store("page", forKey: "home")
            await server.kill()
            let error = await #expect(throws: MemcachedError.self) {
                try await pages.value(forKey: "home") {
                    Issue.record("computed")
                    return ""
                }
            }
            #expect(error?.code == .connectionFailed || error?.code == .connectionLost)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a value that can't be stored throws, and the next caller computes again`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withClient { client, _ in
            let pages = pages(client)
            let error = await #expect(throws: MemcachedError.self) {
                try await pages.value(forKey: "home") { String(repeating: "x", count: 2_000_000) }
            }
            #expect(error?.code == .valueTooLarge)
            let next = try await pages.value(forKey: "home") { "small" }
            #expect(next == "small")
        }
    }
}
