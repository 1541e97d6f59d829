import Logging
import Memcached
import MemcachedTesting
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// A client whose servers are known by names, which the test resolves.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct NameTests {
    private func client(of servers: [String], _ resolver: FakeResolver) throws -> MemcachedClient {
        var configuration = MemcachedClient.Configuration(servers: try servers.map { try MemcachedServer($0) })
        configuration.connection.connectTimeout = .seconds(600)
        configuration.timeout = .seconds(600)
        let environment = ClientEnvironment(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            transport: SocketTransport(resolver: resolver),
            logger: Logger(label: "names") { _ in SwiftLogNoOpLogHandler() }
        )
        return try MemcachedClient(configuration: configuration, environment: environment)
    }

    /// Runs the client for as long as the body takes, and ends it however that ends.
    private func run(
        _ client: MemcachedClient,
        _ body: (_ running: Task<Void, any Error>) async throws -> Void
    ) async throws {
        let running = Task<Void, any Error> { try await client.run() }
        do {
            try await body(running)
        } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
        await client.shutdown()
        try await running.value
    }

    #if os(Linux)
    @Test(.needsMemcached)
    func `a server that comes back under its name at another address is found there, and is another one to versions`()
        async throws
    {
        try await withMoving { first, second, other in
            let resolver = FakeResolver(address: "127.0.0.1")
            let client = try client(of: ["cache.test:\(first.port)", "other.test:\(other.port)"], resolver)
            try await run(client) { _ in
                let key = try client.key(on: 0)
                let others = try client.key(on: 1)
                try await client.set(others, to: bytes("kept"))
                let connection = try #require(client.connection(to: 1))
                let version = try await client.set(key, to: bytes("first"))
                resolver.address = "127.0.0.2"
                await first.kill()
                #expect(try await client.get(others)?.value == bytes("kept"))
                #expect(try await client.untilReachable(key) == nil)
                let swap = await code { try await client.compareAndSwap(key, to: bytes("lost"), expecting: version) }
                #expect(swap == .versionUnusable)
                try await client.set(key, to: bytes("second"))
                try await withClient(of: [second.address]) { (direct) async throws in
                    #expect(try await direct.get(key)?.value == bytes("second"))
                }
                #expect(try await client.get(others)?.value == bytes("kept"))
                #expect(client.connection(to: 1) === connection)
            }
        }
    }

    /// A server, the one that takes its place at another address with the same port, and one that stays.
    private func withMoving(
        _ body: (_ first: MemcachedProcess, _ second: MemcachedProcess, _ other: MemcachedProcess) async throws -> Void
    ) async throws {
        try await MemcachedProcess.withMemcached { first in
            try await MemcachedProcess.withMemcached(host: "127.0.0.2", port: first.port) { second in
                try await MemcachedProcess.withMemcached { try await body(first, second, $0) }
            }
        }
    }
    #endif

    @Test func `a name that has no address is named by the error`() async throws {
        let client = try client(of: ["cache.test:11211"], FakeResolver(address: nil, waits: false))
        try await run(client) { _ in
            let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
            #expect(error?.code == .connectionFailed)
            let text = "the name 'cache.test' can't be resolved"
            #expect(error?.message.contains(text) == true, "\(String(describing: error))")
        }
    }

    @Test func `shut down while a name is being resolved, the client ends at once, and connects to nobody later`()
        async throws
    {
        try await withMemcachedTestServer { server in
            let resolver = FakeResolver(address: nil)
            let port = try #require(Int(server.address.split(separator: ":").last ?? ""))
            let client = try client(of: ["cache.test:\(port)"], resolver)
            try await run(client) { running in
                let call = Task { try await client.get("key") }
                while resolver.waiting == 0 { await Task.yield() }
                await client.shutdown()
                try await running.value
                #expect(await code { try await call.value } == .clientClosed)
            }
            resolver.address = "127.0.0.1"
            // What comes of the name now goes nowhere: this connection is the server's only one.
            try await resolver.answer()
            try await withClient(of: [server.address]) { (direct) async throws in
                #expect(try await direct.get("key") == nil)
                #expect(server.connectionCount == 1)
            }
        }
    }

    #if os(Linux)
    @Test func `cancelled while a server doesn't take the connection, run() ends at once`() async throws {
        try await UnacceptingServer.withServer { address in
            var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(address)])
            configuration.connection.connectTimeout = .seconds(600)
            configuration.timeout = .seconds(600)
            let client = try MemcachedClient(configuration: configuration)
            try await run(client) { running in
                let call = Task { try await client.get("key") }
                while client.cluster.topology.nodes[0].slots[0].waitingCount == 0 { await Task.yield() }
                running.cancel()
                try await running.value
                #expect(await code { try await call.value } == .clientClosed)
            }
        }
    }
    #endif
}
