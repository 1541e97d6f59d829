// The examples of the article on testing code that uses a cache, as they stand there; ExampleTests compares them.

import Memcached
import MemcachedTesting
import TestSupport
import Testing

// Lines end where they do in the article, which has no indentation.
// swift-format-ignore
@Suite(.fewAtATime) struct TestingExamples {
    @Test func `a profile lives for an hour`() async throws {
        try await withMemcachedTestServer { server in
            try await withMemcachedClient(servers: [server.address]) { client in
                let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json())
                try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada", expiration: .after(.seconds(3600)))

                server.advanceTime(by: .seconds(3599))
                #expect(try await profiles["ada"] != nil)
                server.advanceTime(by: .seconds(1))
                #expect(try await profiles["ada"] == nil)
            }
        }
    }

    @Test func `an update sets the expiration anew`() async throws {
        try await withMemcachedTestServer { server in
            try await withMemcachedClient(servers: [server.address]) { client in
                let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json())
                try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada", expiration: .after(.seconds(3600)))
                try await profiles.update(forKey: "ada") { $0.visits += 1 }
                #expect(server.item(forKey: "profiles:ada")?.remainingLifetime == nil)
            }
        }
    }

    @Test func `an entry from before a restart overwrites nothing`() async throws {
        try await withMemcachedTestServer { server in
            try await withMemcachedClient(servers: [server.address]) { client in
                let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json())
                try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada")
                let entry = try #require(try await profiles.entry(forKey: "ada"))

                await server.restart()
                #expect(try await profiles["ada"] == nil)
                try await profiles.store(Profile(name: "Grace", visits: 0), forKey: "ada")
                let error = await #expect(throws: MemcachedError.self) { _ = try await profiles.store(entry) }
                #expect(error?.code == .versionUnusable)
                #expect(try await profiles["ada"]?.name == "Grace")
            }
        }
    }
}
