#if ServiceLifecycle
import Logging
import Memcached
import MemcachedTesting
import NIOCore
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.fewAtATime) struct ServiceLifecycleTests {
    @Test func `a service group runs the client, and its graceful shutdown ends it`() async throws {
        try await withMemcachedTestServer { server in
            var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(server.address)])
            configuration.timeout = .seconds(30)
            configuration.connection.connectTimeout = .seconds(20)
            let client = try MemcachedClient(configuration: configuration)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let group = ServiceGroup(services: [client], logger: logger)
            let running = Task { try await group.run() }
            try await client.set("key", to: ByteBuffer(string: "value"))
            #expect(try await client.get("key")?.value == ByteBuffer(string: "value"))

            await group.triggerGracefulShutdown()
            try await running.value
            let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
            #expect(error?.code == .clientClosed)
        }
    }
}
#endif
