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

@Suite struct ServiceTests {
    @Test func `a session ends half an hour after it was last used`() async throws {
        try await withService { browser, server in
            let login = try await browser.execute(uri: "/session/ada", method: .post)
            let cookie = try #require(login.headers[values: .setCookie].first?.split(separator: ";").first)
            let headers: HTTPFields = [.cookie: String(cookie)]

            server.advanceTime(by: .seconds(1_799))
            let used = try await browser.execute(uri: "/session", method: .get, headers: headers)
            #expect(used.status == .ok)

            server.advanceTime(by: .seconds(1_799))
            let cart = try await browser.execute(uri: "/session/cart/tea", method: .put, headers: headers)
            #expect(String(buffer: cart.body).contains("tea"))

            server.advanceTime(by: .seconds(1_800))
            let over = try await browser.execute(uri: "/session", method: .get, headers: headers)
            #expect(over.status == .unauthorized)
        }
    }

    @Test func `a page is rendered once in a minute`() async throws {
        try await withService { browser, server in
            let first = try await browser.execute(uri: "/pages/home", method: .get)
            let stored = server.item(forKey: "pages:home")?.cas
            let second = try await browser.execute(uri: "/pages/home", method: .get)
            #expect(first.body == second.body)
            #expect(server.item(forKey: "pages:home")?.cas == stored)

            server.advanceTime(by: .seconds(60))
            #expect(server.item(forKey: "pages:home") == nil)
        }
    }
}
