import Memcached
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct ChangingServersTests {
    @Test func `nothing fails while the list of servers changes under load, and no value is another key's`()
        async throws
    {
        try await MemcachedProcess.withMemcached { first in
            try await MemcachedProcess.withMemcached { second in
                let addresses = [first.address, second.address]
                let both = try addresses.map { try MemcachedServer($0) }
                try await withClient(of: addresses) { client in
                    let isOver = NIOLockedValueBox(false)
                    let calls = NIOLockedValueBox(0)
                    let hits = NIOLockedValueBox(0)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for task in 0..<16 {
                            group.addTask {
                                var round = 0
                                while !isOver.withLockedValue({ $0 }) {
                                    let keys = (0..<20).map { "task-\(task)-\((round + $0) % 100)" }
                                    try await client.set(keys[0], to: bytes(keys[0]))
                                    for (key, result) in await client.getMany(keys) {
                                        // A key that has moved is a miss.
                                        guard let item = try result.get() else { continue }
                                        #expect(item.value == bytes(key))
                                        hits.withLockedValue { $0 += 1 }
                                    }
                                    round += 1
                                    calls.withLockedValue { $0 += 2 }
                                }
                            }
                        }
                        for round in 0..<100 {
                            let before = calls.withLockedValue { $0 }
                            try client.setServers([[both[0]], [both[1]], both][round % 3])
                            while calls.withLockedValue({ $0 }) < before + 32 {
                                try await Task.sleep(for: .milliseconds(1))
                            }
                        }
                        isOver.withLockedValue { $0 = true }
                        try await group.waitForAll()
                    }
                    #expect(hits.withLockedValue { $0 } > 0)
                    // Connections to servers that are gone have closed: one to each is left, and the one that asks.
                    try client.setServers(both)
                    for result in await client.stats().values {
                        #expect(try result.get()["curr_connections"].flatMap { Int($0) } ?? .max <= 3)
                    }
                }
            }
        }
    }

    @Test func `through an outage the next server stands in, where asked to; then old data is back`() async throws {
        try await MemcachedProcess.withMemcached { first in
            try await MemcachedProcess.withMemcached { second in
                try await withClient(of: [first.address, second.address]) { configuration in
                    configuration.failurePolicy = .nextServer
                    configuration.ejection = ServerEjection(failures: 2, trialInterval: .milliseconds(50))
                } _: { client in
                    let key = try #require(
                        try (0..<100).map { "key-\($0)" }.first { try client.server(for: $0).index == 0 }
                    )
                    try await client.set(key, to: bytes("before"))
                    let version = try #require(try await client.get(key)).version
                    // Stopped, not killed: it will come back with its items, as after a failure of the network.
                    try first.stop()
                    while await code(of: { try await client.timeout(.milliseconds(100)).get(key) }) != nil {}
                    try await client.set(key, to: bytes("during"))
                    #expect(try await client.get(key)?.value == bytes("during"))
                    let swap = await code {
                        try await client.compareAndSwap(key, to: bytes("lost"), expecting: version)
                    }
                    #expect(swap == .versionUnusable)
                    try first.resume()
                    while try await client.get(key)?.value == bytes("during") {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    #expect(try await client.get(key)?.value == bytes("before"))
                }
            }
        }
    }
}
