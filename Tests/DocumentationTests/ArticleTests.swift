import Foundation
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

/// What the articles say that their examples do.
@Suite(.fewAtATime) struct ArticleTests {
    private static let json: any ValueCodec<Profile> = .json()

    @Test func `the examples of the article on versions do what they say`() async throws {
        try await withMemcachedTestServer { server in
            try await withMemcachedClient(servers: [server.address]) { client in
                let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: Self.json)
                let version = try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada")
                try await everybodyVisits(profiles)
                #expect(try await profiles["ada"]?.visits == 1)
                #expect(try await save("Countess", ifStill: version.cas, in: profiles) == .conflict)
                let now = try #require(try await profiles.entry(forKey: "ada")).version.cas
                guard case .stored = try await save("Countess", ifStill: now, in: profiles) else {
                    Issue.record("not stored")
                    return
                }

                let pages = MemcachedDict<Set<String>>(client, keyPrefix: "pages", codec: .json())
                let lost = server.inject(.closeConnection(.beforeReply), on: .adds, times: 1)
                try await remember("home", seenBy: "ada", in: pages)
                #expect(lost.count == 1)
                #expect(try await pages["ada"] == ["home"])

                let views = MemcachedDict<UInt64>(client, keyPrefix: "views", codec: .integer())
                #expect(try await countView(of: "home", in: views) == 1)
                #expect(try await countView(of: "home", in: views) == 2)
                server.advanceTime(by: .seconds(86_400))
                #expect(try await views["home"] == nil)
            }
        }
    }

    @Test func `the examples of the article on codecs do what they say`() async throws {
        var configuration = MemcachedTestServer.Configuration()
        configuration.itemSizeLimit = 64 << 10
        try await withMemcachedTestServer(configuration) { server in
            try await withMemcachedClient(servers: [server.address]) { client in
                try await events(client).store([Date(timeIntervalSince1970: 0)], forKey: "epoch")
                let stored = try #require(server.item(forKey: "events:epoch"))
                #expect(String(decoding: stored.value, as: UTF8.self) == #"["1970-01-01T00:00:00Z"]"#)

                let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: Self.json)
                let older = MemcachedDict<[String]>(client, keyPrefix: "profiles", codec: .json())
                try await older.store(["Ada"], forKey: "ada")
                #expect(try await profile("ada", in: profiles) == nil)
                #expect(server.item(forKey: "profiles:ada") == nil)

                let reports = MemcachedDict<[String]>(client, keyPrefix: "reports", codec: .json())
                #expect(try await publish(["short"], as: "2026", in: reports))
                let long = [String](repeating: "a line of a long report", count: 10_000)
                #expect(try await publish(long, as: "2026", in: reports) == false)
                #expect(try await reports["2026"] == ["short"])
                let compressed = MemcachedDict<[String]>(
                    client,
                    keyPrefix: "reports",
                    codec: .json().compressed(above: 1_024)
                )
                #expect(try await publish(long, as: "2027", in: compressed))
            }
        }
    }

    @Test func `the examples of the articles on servers and errors do what they say`() async throws {
        #expect(try fleet().servers.map(\.weight) == [1, 2, 1])
        try await withMemcachedTestServer { server in
            try await withMemcachedTestServer { other in
                try await withMemcachedClient(servers: [server.address]) { client in
                    try addServer(other.address, to: client)
                    #expect(client.servers.map { "\($0)" } == [server.address, other.address])
                    let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: Self.json)
                    #expect(await title(of: "ada", in: profiles) == "stranger")
                    let long = String(repeating: "a", count: 251)
                    #expect(await title(of: long, in: profiles) == "a name that is too long")
                }
            }
        }
    }
}
