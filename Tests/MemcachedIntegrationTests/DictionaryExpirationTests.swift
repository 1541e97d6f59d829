import Foundation
import Memcached
import MemcachedTesting
import TestSupport
import Testing

/// On the embedded server, whose clock the tests move.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryExpirationTests {
    private func withTexts(
        expiration: Expiration = .never,
        _ body: (MemcachedDict<String>, MemcachedTestServer) async throws -> Void
    ) async throws {
        try await withMemcachedTestServer { server in
            try await withMemcachedClient(configuration: .forTests([server.address])) { client in
                try await body(MemcachedDict(client, keyPrefix: "p", codec: .text(), expiration: expiration), server)
            }
        }
    }

    private typealias Store = @Sendable (MemcachedDict<String>, Expiration?) async throws -> Void

    /// Every way to store, under the key "k", which holds a value already.
    private static let stores: [(String, Store)] = [
        ("store", { try await $0.store("new", forKey: "k", expiration: $1) }),
        (
            "add",
            {
                try await $0.removeValue(forKey: "k"); _ = try await $0.add("new", forKey: "k", expiration: $1)
            }
        ),
        ("replace", { _ = try await $0.replace("new", forKey: "k", expiration: $1) }),
        (
            "store(entry)",
            {
                let entry = try #require(try await $0.entry(forKey: "k"))
                _ = try await $0.store(MemcachedEntry(key: "k", value: "new", version: entry.version), expiration: $1)
            }
        ),
        ("update", { try await $0.update(forKey: "k", expiration: $1) { $0 = "new" } }),
        (
            "update with a default",
            {
                try await $0.removeValue(forKey: "k")
                try await $0.update(forKey: "k", default: "", expiration: $1) { $0 = "new" }
            }
        ),
        (
            "value or store",
            {
                try await $0.removeValue(forKey: "k")
                _ = try await $0.value(forKey: "k", expiration: $1) { "new" }
            }
        ),
        ("store several", { try await $0.store(["k": "new"], expiration: $1) }),
        (
            "store several entries",
            {
                let entry = try #require(try await $0.entry(forKey: "k"))
                let changed = MemcachedEntry(key: "k", value: "new", version: entry.version)
                _ = await $0.outcomes(storing: [changed], expiration: $1)
            }
        ),
    ]

    @Test func `every way to store takes the dictionary's expiration, or its own`() async throws {
        for (name, store) in Self.stores {
            try await withTexts(expiration: .after(.seconds(100))) { texts, server in
                try await texts.store("old", forKey: "k", expiration: .after(.seconds(5000)))
                try await store(texts, nil)
                #expect(server.item(forKey: "p:k")?.value == Array("new".utf8), "\(name)")
                #expect(server.item(forKey: "p:k")?.remainingLifetime == .seconds(100), "\(name)")
                try await store(texts, .after(.seconds(7)))
                #expect(server.item(forKey: "p:k")?.remainingLifetime == .seconds(7), "\(name)")
                try await store(texts, .never)
                #expect(server.item(forKey: "p:k") != nil)
                #expect(server.item(forKey: "p:k")?.remainingLifetime == nil, "\(name)")
            }
        }
    }

    @Test func `by default nothing ends by itself`() async throws {
        try await withTexts { texts, server in
            try await texts.store("ada", forKey: "k")
            server.advanceTime(by: .seconds(10 * 365 * 86_400))
            #expect(try await texts["k"] == "ada")
        }
    }

    @Test func `an item that has ended is a miss, everywhere`() async throws {
        try await withTexts { texts, server in
            try await texts.store("ada", forKey: "k", expiration: .after(.seconds(60)))
            let entry = try #require(try await texts.entry(forKey: "k"))
            server.advanceTime(by: .seconds(59))
            #expect(try await texts["k"] == "ada")
            server.advanceTime(by: .seconds(2))
            #expect(try await texts["k"] == nil)
            #expect(try await texts.values(forKeys: ["k"]).isEmpty)
            #expect(try await texts.store(entry) == .missing)
            #expect(try await texts.remove(entry) == .missing)
            #expect(try await texts.update(forKey: "k") { $0 += "!" } == nil)
            #expect(try await !texts.removeValue(forKey: "k"))
            #expect(try await texts.value(forKey: "k") { "computed" } == "computed")
        }
    }

    @Test func `touching gives a new expiration, with and without the value`() async throws {
        try await withTexts { texts, server in
            let version = try await texts.store("ada", forKey: "k", expiration: .after(.seconds(10)))
            #expect(try await texts.touch(forKey: "k", expiration: .after(.seconds(100))))
            server.advanceTime(by: .seconds(50))
            #expect(try await texts.value(forKey: "k", settingExpiration: .after(.seconds(100))) == "ada")
            server.advanceTime(by: .seconds(90))
            #expect(try await texts.entry(forKey: "k")?.version == version)
            #expect(try await texts.touch(forKey: "k", expiration: .never))
            server.advanceTime(by: .seconds(1_000))
            #expect(try await texts["k"] == "ada")
        }
    }

    @Test func `a lifetime that is over already leaves nothing behind`() async throws {
        try await withTexts { texts, _ in
            try await texts.store("ada", forKey: "k")
            try await texts.store("grace", forKey: "k", expiration: .after(.zero))
            #expect(try await texts["k"] == nil)
            try await texts.store("ada", forKey: "k")
            #expect(try await texts.touch(forKey: "k", expiration: .at(Date(timeIntervalSince1970: 0))))
            #expect(try await texts["k"] == nil)
        }
    }
}
