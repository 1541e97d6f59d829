import Foundation
import MemcachedFraming
import MemcachedTesting
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct MemcachedTestServerTests {
    /// Sends commands and a NOOP on a connection of their own.
    private func ask(_ server: MemcachedTestServer, _ frames: ByteBuffer...) async throws -> [Reply] {
        let client = try await TestClient.connect(to: server)
        for frame in frames {
            client.channel.write(frame, promise: nil)
        }
        try await client.send(command(.noop))
        let replies = try await client.replies()
        try? await client.channel.close()
        return replies
    }

    @Test func `a server listens where its address says, and shows what is stored without touching it`() async throws {
        try await withMemcachedTestServer { server in
            #expect(server.address == "127.0.0.1:\(server.port ?? 0)")
            let replies = try await ask(server, store("a", "one", flags: 7, expiration: 10))
            #expect(replies.map(\.status) == [.success, .success])
            let item = try #require(server.item(forKey: "a"))
            #expect(item.value == Array("one".utf8))
            #expect((item.flags, item.cas, item.remainingLifetime) == (7, 1, .seconds(10)))
            #expect(server.item(forKey: "b") == nil)
            #expect(server.itemCount == 1)
        }
    }

    @Test func `advancing the clock by parts of a second adds up, and going back is not possible`() async throws {
        try await withMemcachedTestServer { server in
            _ = try await ask(server, store("a", "1", expiration: 1))
            server.advanceTime(by: .milliseconds(600))
            server.advanceTime(by: .seconds(-5))
            #expect(server.itemCount == 1)
            server.advanceTime(by: .milliseconds(400))
            #expect(server.itemCount == 0)
            #expect(server.item(forKey: "a") == nil)
            #expect(try await ask(server, command(.get, "a")).first?.status == .keyNotFound)
        }
    }

    @Test func `a clock that follows the wall moves by itself, and by hand`() async throws {
        var configuration = MemcachedTestServer.Configuration()
        configuration.clock = .wall
        try await withMemcachedTestServer(configuration) { server in
            _ = try await ask(server, store("a", "1", expiration: 1), store("b", "1", expiration: 1_000))
            let limit = ContinuousClock.now + .seconds(20)
            while server.item(forKey: "a") != nil, ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(server.item(forKey: "a") == nil)
            #expect(server.itemCount == 1)
            server.advanceTime(by: .seconds(1_000))
            #expect(server.itemCount == 0)
        }
    }

    @Test func `a restart empties the store, closes connections, and is another incarnation with CAS values from 1`()
        async throws
    {
        func pid(_ server: MemcachedTestServer) async throws -> String? {
            try await ask(server, command(.stat)).first { String(buffer: $0.key) == "pid" }?.text
        }
        try await withMemcachedTestServer { server in
            let client = try await TestClient.connect(to: server)
            try await client.send(store("a", "1"), store("b", "1"), command(.noop))
            #expect(try await client.replies().map(\.cas) == [1, 2, 0])
            let before = try await pid(server)
            await server.restart()
            try await client.channel.closeFuture.get()
            #expect(server.itemCount == 0)
            #expect(server.connectionCount == 0)
            #expect(try await pid(server) != before)
            #expect(try await ask(server, store("a", "1")).first?.cas == 1)
        }
    }

    @Test func `shutdown closes connections and the port, and may be called again`() async throws {
        let server = try await MemcachedTestServer.start()
        let client = try await TestClient.connect(to: server)
        try await client.send(command(.noop))
        _ = try await client.replies()
        #expect(server.connectionCount == 1)
        async let first: Void = server.shutdown()
        async let second: Void = server.shutdown()
        _ = await (first, second)
        try await client.channel.closeFuture.get()
        #expect(server.connectionCount == 0)
        await #expect(throws: (any Error).self) { try await TestClient.connect(to: server) }

        var configuration = MemcachedTestServer.Configuration()
        configuration.port = try #require(server.port)
        try await withMemcachedTestServer(configuration) { successor in
            #expect(successor.address == server.address)
        }
    }

    @Test func `a body that throws leaves no server behind`() async throws {
        struct Failure: Error {}
        var address: MemcachedTestServer?
        await #expect(throws: Failure.self) {
            try await withMemcachedTestServer { server in
                address = server
                throw Failure()
            }
        }
        let server = try #require(address)
        await #expect(throws: (any Error).self) { try await TestClient.connect(to: server) }
    }

    @Test func `a Unix socket works like a port, and its path is free again afterwards`() async throws {
        let path = "/tmp/memcached-testing-\(UUID().uuidString.prefix(8))"
        var configuration = MemcachedTestServer.Configuration()
        configuration.unixSocketPath = path
        try await withMemcachedTestServer(configuration) { server in
            #expect(server.address == "unix:\(path)")
            #expect(server.port == nil)
            let replies = try await ask(server, store("a", "1"))
            #expect(replies.count == 2)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `one client too many is told so in text`() async throws {
        var configuration = MemcachedTestServer.Configuration()
        configuration.maximumConnections = 1
        try await withMemcachedTestServer(configuration) { server in
            let first = try await TestClient.connect(to: server)
            try await first.send(command(.noop))
            _ = try await first.replies()
            let second = try await TestClient.connect(to: server)
            #expect(await second.text() == "ERROR Too many open connections\r\n")
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `a port in use is an error`() async throws {
        try await withMemcachedTestServer { server in
            var configuration = MemcachedTestServer.Configuration()
            configuration.port = try #require(server.port)
            await #expect(throws: (any Error).self) { try await MemcachedTestServer.start(configuration) }
        }
    }

    @Test func `100,000 gets of 10,000 items in one write are all answered, in order`() async throws {
        try await withMemcachedTestServer { server in
            var stream = ByteBuffer()
            for item in 0..<10_000 {
                stream.writeImmutableBuffer(store(.setQuietly, "key \(item)", String(repeating: "x", count: 500)))
            }
            for opaque in 1...100_000 {
                let key = "key \(opaque * 7 % 10_000)"
                stream.writeImmutableBuffer(command(.getQuietly, key, opaque: UInt32(opaque)))
            }
            stream.writeImmutableBuffer(command(.noop))
            let client = try await TestClient.connect(to: server)
            try await client.send(stream)
            let replies = try await client.replies()
            #expect(replies.map(\.opaque) == Array(1...100_000) + [0])
        }
    }

    @Test func `a reader that stops delays nobody else, and gets everything in the end`() async throws {
        try await withMemcachedTestServer { server in
            _ = try await ask(server, command(.set, "a", extras: [0, 0], value: bytes(100_000)))
            let slow = try await TestClient.connect(to: server)
            try await slow.channel.setOption(.autoRead, value: false).get()
            var stream = ByteBuffer()
            for opaque in 1...1_000 {
                stream.writeImmutableBuffer(command(.get, "a", opaque: UInt32(opaque)))
            }
            stream.writeImmutableBuffer(command(.noop))
            try await slow.send(stream)
            for _ in 0..<20 {
                #expect(try await ask(server, command(.get, "a")).count == 2)
            }
            try await slow.channel.setOption(.autoRead, value: true).get()
            slow.channel.read()
            #expect(try await slow.replies().count == 1_001)
        }
    }

    @Test func `many clients at once lose no increment`() async throws {
        try await withMemcachedTestServer { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        let client = try await TestClient.connect(to: server)
                        var stream = ByteBuffer()
                        for _ in 0..<500 {
                            stream.writeImmutableBuffer(count(.incrementQuietly, "n", by: 1, initial: 1))
                        }
                        stream.writeImmutableBuffer(command(.noop))
                        try await client.send(stream)
                        #expect(try await client.replies().count == 1)
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.item(forKey: "n")?.value == Array("16000".utf8))
        }
    }

    @Test func `a key of 20,000 bytes is reset without a reply`() async throws {
        try await withMemcachedTestServer { server in
            let client = try await TestClient.connect(to: server)
            try? await client.send(command(.get, String(repeating: "k", count: 20_000)))
            #expect(try await client.replies().isEmpty)
        }
    }
}
