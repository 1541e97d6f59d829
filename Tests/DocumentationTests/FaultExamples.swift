// The examples of the articles on faults, as they stand there; ExampleTests compares them.

import Memcached
import MemcachedTesting
import TestSupport
import Testing

// Lines end where they do in the article, which has no indentation.
// swift-format-ignore
@Suite(.fewAtATime) struct FaultExamples {
    struct ProfilePage: Sendable {
        let profiles: MemcachedDict<Profile>

        /// The cache may fail; the page may not.
        func title(forUser user: String) async -> String {
            do {
                guard let profile = try await profiles.timeout(.seconds(2))[user] else { return "Welcome, stranger" }
                return "Welcome, \(profile.name)"
            } catch {
                return "Welcome"
            }
        }

        /// Counts a visit; false where nobody knows whether it was counted.
        func visit(byUser user: String) async throws -> Bool {
            do {
                try await profiles.update(forKey: user) { $0.visits += 1 }
                return true
            } catch let error as MemcachedError where error.code == .outcomeUnknown {
                return false
            }
        }
    }

    func withProfilePage(_ test: (ProfilePage, MemcachedTestServer) async throws -> Void) async throws {
        try await withMemcachedTestServer { server in
            try await withMemcachedClient(servers: [server.address]) { client in
                let page = ProfilePage(profiles: MemcachedDict(client, keyPrefix: "profiles", codec: .json()))
                try await page.profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada")
                try await test(page, server)
            }
        }
    }

    @Test func `a page is shown though the cache is silent`() async throws {
        try await withProfilePage { page, server in
            let stall = server.inject(.stall(), on: .gets, forKey: "profiles:ada")
            #expect(await page.title(forUser: "ada") == "Welcome")
            stall.remove()
            #expect(await page.title(forUser: "ada") == "Welcome, Ada")
        }
    }

    @Test func `a page is shown though the stored profile is broken`() async throws {
        try await withProfilePage { page, server in
            let garbled = server.inject(.garble(.value), on: .gets, times: 1)
            #expect(await page.title(forUser: "ada") == "Welcome")
            #expect(garbled.count == 1)
        }
    }

    @Test func `a visit is counted at most once`() async throws {
        try await withProfilePage { page, server in
            let lost = server.inject(.closeConnection(.beforeReply), on: .sets, times: 1)
            let isCounted = try await page.visit(byUser: "ada")
            #expect(!isCounted)
            #expect(lost.count == 1)
            let ada = try await page.profiles["ada"]
            #expect(ada?.visits == 1)
        }
    }

    /// Compiled only.
    func injecting(into server: MemcachedTestServer) {
        server.inject(.delay(.milliseconds(50)), on: .gets, forKey: "a")  // each get of "a" is late
        server.inject(.busy, on: .sets, times: 2)  // the next two sets are refused
        server.inject(.closeConnection(.beforeReply), on: .sets, after: 2, times: 1)  // the third's reply is lost
        server.inject(.closeConnection(.midReply), withProbability: 0.1, seed: 7)
    }
}

func lostReply() async throws {
    try await withMemcachedTestServer { server in
        try await withMemcachedClient(servers: [server.address]) { client in
            let lost = server.inject(.closeConnection(.beforeReply), on: .increments, times: 1)
            let error = await #expect(throws: MemcachedError.self) { try await client.increment("visits", initial: 1) }
            #expect(error?.code == .outcomeUnknown)
            #expect(lost.count == 1)
            #expect(server.item(forKey: "visits")?.value == Array("1".utf8))
        }
    }
}
