import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite("The client and servers that fail", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct ClientFailureTests {
    @Test("A version from before a restart throws, and never overwrites")
    func restart() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) { client in
                let old = try await client.set("key", to: bytes("before"))
                try await process.restart()
                #expect(try await client.untilReachable("key") == nil)
                // The CAS counter starts anew: the new item has the old one's CAS.
                let new = try await client.set("key", to: bytes("after"))
                #expect(new.cas == old.cas)
                #expect(new != old)
                let swap = await code { try await client.compareAndSwap("key", to: bytes("lost"), expecting: old) }
                #expect(swap == .versionUnusable)
                #expect(try await client.get("key")?.value == bytes("after"))
            }
        }
    }

    @Test("A killed server gives a prompt error that names it, and is back by itself")
    func killed() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) { client in
                try await client.set("key", to: bytes("value"))
                await process.kill()
                let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                #expect(error?.code == .connectionFailed)
                #expect(error?.server?.description == process.address)
                #expect(error?.description.contains(process.address) == true)
                try await process.restart()
                #expect(try await client.untilReachable("key") == nil)
                try await client.set("key", to: bytes("again"))
            }
        }
    }

    @Test("Of three servers, one that is killed gives errors for its keys, no misses, and hides nothing of the others'")
    func oneOfThree() async throws {
        try await MemcachedProcess.withMemcached { first in
            try await MemcachedProcess.withMemcached { second in
                try await MemcachedProcess.withMemcached { third in
                    let addresses = [first.address, second.address, third.address]
                    try await withClient(of: addresses) { client in
                        let names = (0..<300).map { "key-\($0)" }
                        let stored = await client.setMany(
                            Dictionary(uniqueKeysWithValues: names.map { ($0, StoreItem(value: bytes($0))) })
                        )
                        #expect(stored.values.allSatisfy { (try? $0.get()) != nil })
                        await second.kill()
                        let results = await client.getMany(names)
                        var counts = [0, 0, 0]
                        for name in names {
                            let place = try client.server(for: name)
                            counts[place.index] += 1
                            if place.index == 1 {
                                #expect(await code { try results[name]?.get() } == .connectionFailed)
                            } else {
                                #expect(try results[name]?.get()?.value == bytes(name))
                            }
                        }
                        #expect(counts.allSatisfy { $0 > 30 })
                        let pings = await client.ping()
                        #expect(pings.values.filter { (try? $0.get()) == nil }.count == 1)
                    }
                }
            }
        }
    }

    @Test("With a stopped server a get times out, a set's outcome is unknown, and no late reply reaches another caller")
    func stopped() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) { client in
                for number in 0..<10 { try await client.set("key-\(number)", to: bytes("old \(number)")) }
                let connection = try #require(client.connection)
                while connection.load.requests > 0 { await Task.yield() }
                try process.stop()
                let get = await endOnceSent(on: connection) { deadline in
                    await code { try await client.timeout(deadline).get("key-1") }
                }
                #expect(get == .timedOut)
                let error = await errorOnceSent { try await client.timeout($0).set("key-2", to: bytes("new 2")) }
                #expect(error?.code == .outcomeUnknown)
                let batch = await endOnceSent(on: connection) { await client.timeout($0).getMany(["key-3", "key-4"]) }
                #expect(await code { try batch["key-3"]?.get() } == .timedOut)
                try process.resume()
                for number in [0, 1, 3, 4, 5] {
                    #expect(try await client.get("key-\(number)")?.value == bytes("old \(number)"))
                }
                // What was sent has taken effect after all.
                #expect(try await client.get("key-2")?.value == bytes("new 2"))
                #expect(client.connection === connection)
            }
        }
    }

    /// What a read of a stopped server comes to. On a busy machine the deadline may pass before it is sent; then it is
    /// made again with twice the time.
    private func endOnceSent<End: Sendable>(
        on connection: Connection,
        _ read: (Duration) async -> End
    ) async -> End {
        var deadline = Duration.milliseconds(20)
        while true {
            let before = connection.load.requests
            let end = await read(deadline)
            if connection.load.requests > before { return end }
            deadline *= 2
        }
    }

    @Test("A server that is stopped from the start gives an error of the handshake")
    func stoppedFromTheStart() async throws {
        try await MemcachedProcess.withMemcached { process in
            try process.stop()
            try await withClient(of: [process.address]) {
                $0.connection.connectTimeout = .milliseconds(50)
            } _: { client in
                #expect(await code { try await client.get("key") } == .connectionFailed)
            }
            try process.resume()
        }
    }

    @Test("A cancelled caller leaves the connection sound")
    func cancellation() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) { client in
                for number in 0..<50 { try await client.set("key-\(number)", to: bytes("value \(number)")) }
                let connection = try #require(client.connection)
                while connection.load.requests > 0 { await Task.yield() }
                try process.stop()
                let calls = (0..<50).map { number in Task { try await client.get("key-\(number)") } }
                // All are sent before some are cancelled.
                while connection.load.requests < 50 { await Task.yield() }
                for call in calls.prefix(25) { call.cancel() }
                for call in calls.prefix(25) { #expect(await code { try await call.value } == .cancelled) }
                try process.resume()
                for (number, call) in calls.enumerated().dropFirst(25) {
                    #expect(try await call.value?.value == bytes("value \(number)"))
                }
                #expect(try await client.get("key-7")?.value == bytes("value 7"))
                #expect(client.connection === connection)
            }
        }
    }

    @Test("A server without a free connection is named for what it is")
    func connectionsFull() async throws {
        var configuration = MemcachedTestServer.Configuration()
        configuration.maximumConnections = 1
        try await withMemcachedTestServer(configuration) { server in
            try await withClient(of: [server.address]) { first in
                try await first.set("key", to: bytes("value"))
                for _ in 0..<20 {
                    try await withClient(of: [server.address]) { second in
                        let error = await #expect(throws: MemcachedError.self) { try await second.get("key") }
                        #expect(error?.code == .protocolViolation)
                        let text = "no connection free ('ERROR Too many open connections'); raise its limit (-c)"
                        #expect(error?.message.contains(text) == true, "\(String(describing: error))")
                    }
                }
                #expect(try await first.get("key")?.value == bytes("value"))
            }
        }
    }

    @Test("A server that isn't there gives a prompt error that says so")
    func nobodyThere() async throws {
        try await MemcachedProcess.withMemcached { process in
            await process.kill()
            try await withClient(of: [process.address]) { client in
                let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                #expect(error?.code == .connectionFailed)
                #expect(error?.message.contains("is memcached running there?") == true)
                #expect(error?.key == "key")
            }
        }
    }
}
