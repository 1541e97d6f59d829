import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct FaultedConnectionTests {
    private func withClient(
        configure: (inout MemcachedClient.Configuration) -> Void = { _ in },
        _ body: (MemcachedClient, MemcachedTestServer) async throws -> Void
    ) async throws {
        try await withMemcachedTestServer { server in
            try await MemcachedIntegrationTests.withClient(of: [server.address]) {
                // A connection that ends soon is no reason to wait.
                $0.initialBackoff = .microseconds(1)
                $0.maximumBackoff = .milliseconds(10)
                configure(&$0)
            } _: { client in
                try await client.set("key", to: bytes("old"))
                try await client.set("other", to: bytes("other's"))
                try await body(client, server)
            }
        }
    }

    @Test(arguments: [ServerFault.ClosePoint.beforeExecution, .beforeReply, .midReply], [false, true])
    func `a get whose connection ends is sent once more, and only once`(
        point: ServerFault.ClosePoint,
        byReset: Bool
    ) async throws {
        try await withClient { (client, server) async throws in
            let once = server.inject(.closeConnection(point, byReset: byReset), on: .gets, times: 1)
            #expect(try await client.get("key")?.value == bytes("old"))
            #expect(once.count == 1)
            let twice = server.inject(.closeConnection(point, byReset: byReset), on: .gets, times: 2)
            #expect(await code { try await client.get("key") } == .connectionLost)
            #expect(twice.count == 2)
            #expect(try await client.untilReachable("key")?.value == bytes("old"))
        }
    }

    @Test(arguments: [ServerFault.ClosePoint.beforeExecution, .beforeReply, .midReply], [false, true])
    func `a mutation whose connection ends has an unknown outcome, and is never sent twice`(
        point: ServerFault.ClosePoint,
        byReset: Bool
    ) async throws {
        try await withClient { client, server in
            try await client.set("counter", to: bytes("5"))
            let fault = server.inject(.closeConnection(point, byReset: byReset), on: .increments)
            #expect(await code { try await client.increment("counter", by: 1) } == .outcomeUnknown)
            #expect(fault.count == 1)
            let expected = point == .beforeExecution ? "5" : "6"
            #expect(try await client.untilReachable("counter")?.value == bytes(expected))
        }
    }

    @Test func `a connection that ends after a reply takes nothing from it`() async throws {
        try await withClient { client, server in
            let fault = server.inject(.closeConnection(.afterReply), on: .sets, times: 1)
            try await client.set("key", to: bytes("new"))
            #expect(fault.count == 1)
            #expect(try await client.untilReachable("key")?.value == bytes("new"))
        }
    }

    @Test func `a value that breaks off is never returned`() async throws {
        try await withClient { client, server in
            let large = ByteBuffer(repeating: 7, count: 300_000)
            try await client.set("large", to: large)
            let fault = server.inject(.closeConnection(.midReply), on: .gets, forKey: "large", times: 2)
            #expect(await code { try await client.get("large") } == .connectionLost)
            #expect(fault.count == 2)
            #expect(try await client.untilReachable("large")?.value == large)
        }
    }

    @Test func `a stalled reply is too late for its caller, its neighbour gets its own, and the connection lives on`()
        async throws
    {
        try await withClient { (client, server) async throws in
            let stall = server.inject(.stall(), on: .gets, forKey: "key", times: 1)
            // On a busy machine the deadline may pass before the get is sent.
            while stall.count == 0 {
                #expect(await code { try await client.timeout(.milliseconds(50)).get("key") } == .timedOut)
            }
            let neighbour = Task { try await client.get("other") }
            server.resume()
            #expect(try await neighbour.value?.value == bytes("other's"))
            #expect(try await client.get("key")?.value == bytes("old"))
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `a mutation that stalls is unknown to its caller, and done`() async throws {
        try await withClient { client, server in
            let stall = server.inject(.stall(), on: .sets, forKey: "key")
            let error = await errorOnceSent { try await client.timeout($0).set("key", to: bytes("new")) }
            #expect(error?.code == .outcomeUnknown)
            try await stall.wait()
            #expect(server.item(forKey: "key")?.value == Array("new".utf8))
            stall.remove()
            #expect(try await client.get("key")?.value == bytes("new"))
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `a cancelled caller leaves at once from a server that stalls`() async throws {
        try await withClient { client, server in
            let stall = server.inject(.stall(.beforeExecution), on: .gets, forKey: "key")
            let call = Task { try await client.get("key") }
            try await stall.wait()
            call.cancel()
            #expect(await code { try await call.value } == .cancelled)
            server.removeFaults()
            #expect(try await client.get("other")?.value == bytes("other's"))
        }
    }

    @Test func `a delayed reply comes in the end`() async throws {
        try await withClient { (client, server) async throws in
            let delay = server.inject(.delay(.milliseconds(20)), on: .gets)
            #expect(try await client.get("key")?.value == bytes("old"))
            #expect(try await client.get("other")?.value == bytes("other's"))
            #expect(delay.count == 2)
        }
    }

    @Test func `from a server that has stopped reading every caller returns, and what was sent keeps to the bound`()
        async throws
    {
        try await withClient {
            $0.connection.maximumBytesInFlight = 2 << 20
        } _: { (client, server) async throws in
            let value = ByteBuffer(repeating: 7, count: 500_000)
            server.inject(.stopReading, on: .sets)
            let hasty = client.timeout(.seconds(3))
            let calls = (0..<64).map { index in Task { try await hasty.set("large-\(index)", to: value) } }
            var ends: [MemcachedError.Code?] = []
            for call in calls { ends.append(await code { try await call.value }) }
            #expect(ends.allSatisfy { $0 == .outcomeUnknown || $0 == .timedOut }, "\(ends)")
            let sent = ends.filter { $0 == .outcomeUnknown }.count
            #expect(sent > 0 && sent <= 4)
            server.removeFaults()
            #expect(try await client.get("key")?.value == bytes("old"))
            #expect(server.connectionCount == 1)
            for (index, end) in ends.enumerated() {
                let stored = try await client.get("large-\(index)")?.value
                if end == .timedOut {
                    #expect(stored == nil, "nothing was sent, and it is stored all the same")
                } else {
                    #expect([nil, value].contains(stored))
                }
            }
        }
    }

    @Test func `a server that refuses connections is named, and is back by itself`() async throws {
        try await withClient { (client, server) async throws in
            server.refusesConnections = true
            await server.closeConnections()
            let refused = await code { try await client.get("key") }
            #expect(refused == .connectionFailed || refused == .connectionLost)
            server.refusesConnections = false
            #expect(try await client.untilReachable("key")?.value == bytes("old"))
        }
    }

    @Test func `a server that stalls in the handshake is an error within connectTimeout`() async throws {
        try await withMemcachedTestServer { server in
            let stall = server.inject(.stall(), on: .noops)
            try await MemcachedIntegrationTests.withClient(of: [server.address]) {
                $0.connection.connectTimeout = .seconds(2)
            } _: { client in
                #expect(await code { try await client.get("key") } == .connectionFailed)
            }
            #expect(stall.count > 0)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `under faults by chance each value is its key's, and afterwards all is well`(seed: UInt64) async throws {
        try await withClient { client, server in
            for index in 0..<20 { try await client.set("key-\(index)", to: bytes("value \(index)")) }
            let faults = [
                server.inject(.closeConnection(.midReply), withProbability: 0.02, seed: seed),
                server.inject(.closeConnection(.beforeExecution, byReset: true), withProbability: 0.02, seed: seed),
                server.inject(.garble(.lengths), withProbability: 0.02, seed: seed + 1),
                server.inject(.wrongOpaque(offset: 1), withProbability: 0.02, seed: seed + 2),
                server.inject(.duplicate, withProbability: 0.02, seed: seed + 3),
                server.inject(.busy, withProbability: 0.02, seed: seed + 4),
            ]
            await withDiscardingTaskGroup { group in
                for task in 0..<8 {
                    group.addTask {
                        for step in 0..<100 {
                            let index = (task * 7 + step) % 20
                            do throws(MemcachedError) {
                                let item = try await client.get("key-\(index)")
                                #expect(item?.value == bytes("value \(index)"))
                            } catch {
                                let codes: [MemcachedError.Code] = [
                                    .connectionFailed, .connectionLost, .protocolViolation, .refused,
                                ]
                                #expect(codes.contains(error.code))
                            }
                        }
                    }
                }
            }
            #expect(faults.map(\.count).reduce(0, +) > 0)
            server.removeFaults()
            for index in 0..<20 {
                #expect(try await client.untilReachable("key-\(index)")?.value == bytes("value \(index)"))
            }
        }
    }
}
