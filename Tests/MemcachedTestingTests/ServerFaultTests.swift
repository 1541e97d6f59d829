import MemcachedFraming
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct ServerFaultTests {
    @Test func `a stall holds its connection and no other, until the server resumes`() async throws {
        try await withMemcachedTestServer { server in
            let stall = server.inject(.stall(), on: .gets, times: 1)
            let held = try await TestClient.connect(to: server)
            try await held.send(store("a", "1"), command(.get, "a", opaque: 1), command(.noop))
            try await stall.wait()
            let other = try await TestClient.connect(to: server)
            try await other.send(command(.get, "a", opaque: 2), command(.noop))
            #expect(try await other.replies().map(\.opaque) == [2, 0])
            server.resume()
            #expect(try await held.replies().map(\.opaque) == [0, 1, 0])
            #expect(stall.count == 1)
        }
    }

    @Test func `a fault that is removed lets go what it holds, and not what another holds`() async throws {
        try await withMemcachedTestServer { server in
            let first = server.inject(.stall(), on: .gets, forKey: "a")
            let second = server.inject(.stopReading, on: .gets, forKey: "b")
            let clients = [try await TestClient.connect(to: server), try await TestClient.connect(to: server)]
            try await clients[0].send(command(.get, "a", opaque: 1), command(.noop))
            try await clients[1].send(command(.get, "b", opaque: 2), command(.noop))
            try await first.wait()
            try await second.wait()
            first.remove()
            #expect(try await clients[0].replies().map(\.opaque) == [1, 0])
            server.removeFaults()
            #expect(try await clients[1].replies().map(\.opaque) == [2, 0])
        }
    }

    @Test func `a delay ends by itself`() async throws {
        try await withMemcachedTestServer { server in
            let delay = server.inject(.delay(.milliseconds(5)), on: .sets)
            let client = try await TestClient.connect(to: server)
            try await client.send(store("a", "1", opaque: 1), store("a", "2", opaque: 2), command(.noop))
            #expect(try await client.replies().map(\.opaque) == [1, 2, 0])
            #expect(delay.count == 2)
        }
    }

    @Test func `a client of a server that has stopped reading can't write on, until it reads again`() async throws {
        try await withMemcachedTestServer { server in
            let fault = server.inject(.stopReading, on: .sets)
            let client = try await TestClient.connect(to: server)
            try await client.send(store("a", "1", opaque: 1))
            try await fault.wait()
            // More than the buffers of both sides hold.
            let large = command(.setQuietly, "b", extras: [0, 0], value: bytes(64 << 20), opaque: 2)
            async let written: Void = client.channel.writeAndFlush(large)
            #expect(server.item(forKey: "a") == nil)
            server.removeFaults()
            try await written
            try await client.send(command(.noop))
            // Too large for an item, but read.
            #expect(try await client.replies().map(\.status) == [.success, .valueTooLarge, .success])
        }
    }

    @Test func `a stalled client that goes away is noticed`() async throws {
        try await withMemcachedTestServer { server in
            let stall = server.inject(.stall(), on: .gets)
            let client = try await TestClient.connect(to: server)
            try await client.send(command(.get, "a"))
            try await stall.wait()
            try await client.channel.close()
            while server.connectionCount > 0 { await Task.yield() }
        }
    }

    @Test func `faults outlast a restart, and a shutdown needs no release`() async throws {
        try await withMemcachedTestServer { server in
            let stall = server.inject(.stall(), on: .gets)
            for round in 1...2 {
                let client = try await TestClient.connect(to: server)
                try await client.send(command(.get, "a"))
                try await stall.wait(untilCount: round)
                await server.restart()
                #expect(try await client.replies().isEmpty)
            }
            #expect(stall.count == 2)
        }
    }

    @Test func `who waits for a fault in vain can be cancelled`() async throws {
        try await withMemcachedTestServer { server in
            let fault = server.inject(.busy)
            let waiting = Task { try await fault.wait() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            try await fault.wait(untilCount: 0)
        }
    }

    @Test func `a server that refuses connections keeps those that are open`() async throws {
        try await withMemcachedTestServer { server in
            let open = try await TestClient.connect(to: server)
            try await open.send(store("a", "1"))
            while server.itemCount == 0 { await Task.yield() }
            server.refusesConnections = true
            #expect(server.refusesConnections)
            let refused = try await TestClient.connect(to: server)
            #expect(await refused.text() == "")
            try await open.send(command(.noop))
            #expect(try await open.replies().count == 2)
            await server.closeConnections()
            try await open.channel.closeFuture.get()
            server.refusesConnections = false
            let welcome = try await TestClient.connect(to: server)
            try await welcome.send(command(.noop))
            #expect(try await welcome.replies().count == 1)
        }
    }

    @Test(arguments: [false, true])
    func `a connection is closed gracefully or by a reset`(byReset: Bool) async throws {
        try await withMemcachedTestServer { server in
            server.inject(.closeConnection(.midReply, byReset: byReset), on: .sets)
            let client = try await TestClient.connect(to: server)
            try await client.send(store("a", "1"))
            let text = await client.text()
            // A reset may overtake what was sent before it.
            #expect(text.utf8.count <= 69 && (byReset || !text.isEmpty))
            #expect(server.item(forKey: "a") != nil)
        }
    }
}
