import Memcached
import NIOCore
import TestSupport
import Testing

/// Servers that die, stand still, come back and change their place: what a caller sees at once, and that the client recovers.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct ServerDeathTests {
    @Test
    func `killed with requests in flight, reads end as the outage, mutations as unknown, and nothing is repeated`()
        async throws
    {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) { client in
                try await client.set("key", to: bytes("before"))
                try process.stop()
                let set = Task { try await client.set("key", to: bytes("after")) }
                let get = Task { try await client.get("key") }
                let connection = try #require(client.connection)
                while connection.load.requests < 2 { await Task.yield() }
                await connection.untilWritten()
                await process.kill()
                #expect(await code { try await set.value } == .outcomeUnknown)
                // The one more try of the read finds nobody.
                #expect(await code { try await get.value } == .connectionFailed)
                let death = ContinuousClock.now
                try await process.restart()
                let start = ContinuousClock.now
                #expect(try await client.untilReachable("key") == nil)
                print(
                    "after SIGKILL: gone for \(start - death), reachable \(ContinuousClock.now - start) after its return"
                )
                let counts = try #require(try await client.stats().values.first?.get())
                #expect(counts["cmd_set"] == "0")
                try await client.set("key", to: bytes("anew"))
                #expect(try await client.get("key")?.value == bytes("anew"))
            }
        }
    }

    @Test func `while a server is down, and after it has restarted empty, the other one's keys are answered`()
        async throws
    {
        try await withOther { process, client in
            let key = try client.key(on: 0)
            let others = try client.key(on: 1)
            try await client.set(key, to: bytes("lost"))
            try await client.set(others, to: bytes("kept"))
            let connection = try #require(client.connection(to: 1))
            await process.kill()
            #expect(await code { try await client.get(key) } == .connectionFailed)
            #expect(try await client.get(others)?.value == bytes("kept"))
            try await process.restart()
            #expect(try await client.get(others)?.value == bytes("kept"))
            #expect(try await client.untilReachable(key) == nil)
            #expect(try await client.get(others)?.value == bytes("kept"))
            #expect(client.connection(to: 1) === connection)
        }
    }

    @Test func `of three servers, one that stands still costs its own keys their deadlines, and the others nothing`()
        async throws
    {
        try await withThree { processes, client in
            let names = (0..<300).map { "key-\($0)" }
            let items = Dictionary(uniqueKeysWithValues: names.map { ($0, StoreItem(value: bytes($0))) })
            #expect(await client.setMany(items).values.allSatisfy { (try? $0.get()) != nil })
            try processes[1].stop()
            let hasty = client.timeout(.milliseconds(500))
            async let reads = hasty.getMany(names)
            async let writes = hasty.setMany(items)
            let (read, written) = await (reads, writes)
            for name in names {
                let isStopped = try client.server(for: name).index == 1
                #expect(await code { try read[name]?.get() } == (isStopped ? .timedOut : nil))
                #expect(await code { try written[name]?.get() } == (isStopped ? .outcomeUnknown : nil))
                if !isStopped { #expect(try read[name]?.get()?.value == bytes(name)) }
            }
            for name in names where try client.server(for: name).index != 1 {
                #expect(try await client.get(name)?.value == bytes(name))
            }
            try processes[1].resume()
            let all = await client.getMany(names)
            for name in names { #expect(try all[name]?.get()?.value == bytes(name)) }
        }
    }

    @Test func `a connection on which nothing comes is replaced, and callers learn at once that the server is out`()
        async throws
    {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) {
                $0.connection.stallTimeout = .seconds(2)
                $0.connection.connectTimeout = .seconds(2)
                $0.maximumBackoff = .milliseconds(200)
            } _: { client in
                let version = try await client.set("key", to: bytes("value"))
                let connection = try #require(client.connection)
                try process.stop()
                // The stall ends the wait, long before the deadline.
                #expect(await code { try await client.get("key") } == .connectionLost)
                // Whoever waits for the next connection learns that it doesn't come up, and those after are told at once.
                #expect(await code { try await client.get("key") } == .connectionFailed)
                #expect(!connection.channel.isActive)
                try process.resume()
                let start = ContinuousClock.now
                #expect(try await client.untilReachable("key")?.value == bytes("value"))
                print("after SIGCONT: reachable after \(ContinuousClock.now - start)")
                // It is the same process as before: its versions are still good.
                let outcome = try await client.compareAndSwap("key", to: bytes("new"), expecting: version)
                guard case .stored = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
            }
        }
    }

    @Test func `an idle connection to a server that stands still is found out by a NOOP, before anybody needs it`()
        async throws
    {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) {
                $0.connection.idleCheckInterval = .milliseconds(50)
                $0.connection.stallTimeout = .seconds(2)
            } _: { client in
                try await client.set("key", to: bytes("value"))
                let connection = try #require(client.connection)
                try process.stop()
                try await connection.channel.closeFuture.get()
                try process.resume()
                #expect(try await client.untilReachable("key")?.value == bytes("value"))
            }
        }
    }

    @Test func `a server that closes idle connections costs nobody a call, and its versions stay good`() async throws {
        try await withOther(["-o", "idle_timeout=5"]) { _, client in
            let key = try client.key(on: 0)
            let others = try client.key(on: 1)
            try await client.set(others, to: bytes("kept"))
            let other = try #require(client.connection(to: 1))
            let version = try await client.set(key, to: bytes("old"))
            let connection = try #require(client.connection)
            try await connection.channel.closeFuture.get()
            #expect(try await client.get(others)?.value == bytes("kept"))
            #expect(try await client.get(key)?.value == bytes("old"))
            let outcome = try await client.compareAndSwap(key, to: bytes("new"), expecting: version)
            guard case .stored = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(client.connection !== connection)
            #expect(client.connection(to: 1) === other)
        }
    }

    @Test func `a full server (-c) is named for what it is, and used as soon as a connection is free`() async throws {
        try await MemcachedProcess.withMemcached(["-c", "20", "-t", "1"]) { process in
            try await MemcachedProcess.withMemcached { other in
                var crowd: [RawConnection] = []
                let noop = ByteBuffer(bytes: [0x80, 0x0a] + [UInt8](repeating: 0, count: 22))
                while true {
                    let connection = try await RawConnection.connect(
                        to: process.socketAddress,
                        closingAfter: .minutes(5)
                    )
                    // A full server may hang up before it is asked; what it sent, or that it ended, is looked at next.
                    try? await connection.send(noop)
                    guard try await connection.receive()?.readableBytesView.first == 0x81 else { break }
                    crowd.append(connection)
                }
                try await withClient(of: [process.address, other.address]) { client in
                    let key = try client.key(on: 0)
                    let others = try client.key(on: 1)
                    try await client.set(others, to: bytes("kept"))
                    var error: MemcachedError?
                    repeat {
                        // The server hangs up without reading; its reset may arrive before its words do.
                        error = await #expect(throws: MemcachedError.self) { try await client.get(key) }
                        #expect(try await client.get(others)?.value == bytes("kept"))
                    } while error?.code == .connectionFailed
                    #expect(error?.code == .protocolViolation)
                    #expect(error?.message.contains("no connection free") == true, "\(String(describing: error))")
                    for connection in crowd { await connection.close() }
                    let start = ContinuousClock.now
                    while await code(of: { try await client.get(key) }) != nil { await Task.yield() }
                    print("after a full server: reachable after \(ContinuousClock.now - start)")
                    try await client.set(key, to: bytes("value"))
                    #expect(try await client.get(key)?.value == bytes("value"))
                }
            }
        }
    }

    /// With a server that was started so, and another one, which is the second of the client's list.
    private func withOther(
        _ arguments: [String] = [],
        _ body: (MemcachedProcess, MemcachedClient) async throws -> Void
    ) async throws {
        try await MemcachedProcess.withMemcached(arguments) { process in
            try await MemcachedProcess.withMemcached { other in
                try await withClient(of: [process.address, other.address]) { try await body(process, $0) }
            }
        }
    }

    private func withThree(
        _ body: ([MemcachedProcess], MemcachedClient) async throws -> Void
    ) async throws {
        try await MemcachedProcess.withMemcached { first in
            try await MemcachedProcess.withMemcached { second in
                try await MemcachedProcess.withMemcached { third in
                    let processes = [first, second, third]
                    try await withClient(of: processes.map(\.address)) { try await body(processes, $0) }
                }
            }
        }
    }
}

extension MemcachedClient {
    /// The connection to the first server, where there is one now.
    var connection: Connection? { connection(to: 0) }

    /// The connection to the server at that place of the list, where there is one now.
    func connection(to index: Int) -> Connection? {
        cluster.topology.nodes[index].slots.first?.current?.connection
    }

    /// A key of the server at that place of the list.
    func key(on index: Int) throws -> String {
        try #require(try (0..<1_000).map { "key-\($0)" }.first { try self.server(for: $0).index == index })
    }
}
