import Hummingbird
import HummingbirdTesting
import Memcached
import MemcachedTesting
import Testing

@testable import ExampleService

/// Calls `test` with the service, on a memcached that is part of this process.
func withService(_ test: @Sendable (any TestClientProtocol, MemcachedTestServer) async throws -> Void) async throws {
    try await withMemcachedTestServer { server in
        var configuration = ClientConfiguration(servers: [try MemcachedServer(server.address)])
        // Where many tests share few processors, nothing but a hang should end a test.
        configuration.timeout = .seconds(30)
        try await makeApplication(MemcachedClient(configuration: configuration)).test(.router) { browser in
            try await test(browser, server)
        }
    }
}
