import Memcached
import MemcachedTesting
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite("Tasks on the event loop", .fewAtATime)
struct EventLoopTaskExecutorTests {
    @Test("A task that prefers the executor runs on a connection's event loop, and its calls work as ever")
    func runsThere() async throws {
        try await withMemcachedTestServer { server in
            var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(server.address)])
            configuration.timeout = .seconds(30)
            configuration.connection.connectTimeout = .seconds(20)
            try await withMemcachedClient(configuration: configuration) { client in
                let executor = try client.taskExecutor(for: "key")
                let isOnLoop = try await withTaskExecutorPreference(executor) {
                    try await client.set("key", to: ByteBuffer(string: "value"))
                    let item = try await client.get("key")
                    #expect(item?.value == ByteBuffer(string: "value"))
                    return MultiThreadedEventLoopGroup.currentEventLoop != nil
                }
                #expect(isOnLoop)
            }
        }
    }
}
