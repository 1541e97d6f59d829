#if Management
import Hummingbird
import HummingbirdTesting
import Memcached
import MemcachedTesting
import TestSupport
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

@Suite(.fewAtATime) struct ServiceTests {
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

    @Test func `a page is shown though the cache is silent`() async throws {
        try await withService { browser, server in
            let silence = server.inject(.stall(), on: .gets)
            let page = try await browser.execute(uri: "/pages/home", method: .get)
            #expect(page.status == .ok)
            #expect(silence.count >= 1)
            silence.remove()
        }
    }

    @Test func `a visit is counted at most once, also where its reply is lost`() async throws {
        try await withService { browser, server in
            let lost = server.inject(.closeConnection(.beforeReply), on: .increments, times: 1)
            let answer = try await browser.execute(uri: "/counters/visits", method: .post)
            #expect(answer.status == .serviceUnavailable)
            #expect(lost.count == 1)
            let count = try await browser.execute(uri: "/counters/visits", method: .get)
            #expect(String(buffer: count.body) == "1")
        }
    }
}
#endif
