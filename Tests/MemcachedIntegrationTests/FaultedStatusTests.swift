import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct FaultedStatusTests {
    private static let codes: [(ServerFault.Status, MemcachedError.Code)] = [
        (.invalidArguments, .refused), (.authenticationError, .authenticationRequired), (.unknownCommand, .refused),
        (.outOfMemory, .outOfMemory), (.notSupported, .refused), (.internalError, .refused), (.busy, .refused),
        (.temporaryFailure, .refused), (.valueTooLarge, .valueTooLarge), (ServerFault.Status(rawValue: 0x77), .refused),
    ]

    private func withClient(_ body: (MemcachedClient, MemcachedTestServer) async throws -> Void) async throws {
        try await withMemcachedTestServer { server in
            try await MemcachedIntegrationTests.withClient(of: [server.address]) { client in
                try await client.set("key", to: bytes("1"))
                try await body(client, server)
            }
        }
    }

    @Test(arguments: codes)
    func `a status that a command has no outcome for is an error, and nothing else happens`(
        status: ServerFault.Status,
        expected: MemcachedError.Code
    ) async throws {
        try await withClient { (client, server) async throws in
            let injected = server.inject(.status(status), forKey: "key")
            #expect(await code { try await client.get("key") } == expected)
            #expect(await code { try await client.touch("key", expiration: .never) } == expected)
            #expect(await code { try await client.replace("key", value: bytes("2")) } == expected)
            #expect(await code { try await client.append(bytes("2"), to: "key") } == expected)
            #expect(await code { try await client.increment("key", by: 1) } == expected)
            #expect(await code { try await client.delete("key") } == expected)
            #expect(injected.count == 6)
            #expect(server.item(forKey: "key")?.value == Array("1".utf8))
            injected.remove()
            #expect(try await client.get("key")?.value == bytes("1"))
            #expect(injected.count == 6)
        }
    }

    @Test(
        arguments: [("reset", true), ("detail on", true), ("sizes_enable", true), ("settings", false)],
        [false, true]
    )
    func `statistics that change the server are sent once, and nobody knows what came of them`(
        group: (name: String, changes: Bool),
        redacts: Bool
    ) async throws {
        try await withMemcachedTestServer { server in
            try await MemcachedIntegrationTests.withClient(of: [server.address]) {
                $0.redactsKeysAndValues = redacts
            } _: { client in
                try await client.set("key", to: bytes("1"))
                let lost = server.inject(.closeConnection(.beforeReply), on: .stats, forKey: group.name, times: 1)
                let answer = try #require(await client.stats(group.name).values.first)
                #expect(await code { try answer.get() } == (group.changes ? .outcomeUnknown : nil))
                #expect(lost.count == 1)
            }
        }
    }

    @Test(arguments: codes)
    func `a status on one key of a batch is that key's, and hides nothing of the others`(
        status: ServerFault.Status,
        expected: MemcachedError.Code
    ) async throws {
        try await withClient { (client, server) async throws in
            let injected = server.inject(.status(status), forKey: "b")
            let items = ["a", "b", "c"].map { ($0, StoreItem(value: bytes($0))) }
            let sets = await client.setMany(Dictionary(uniqueKeysWithValues: items))
            let gets = await client.getMany(["a", "b", "c"])
            let deletes = await client.deleteMany(["a", "b", "c"])
            #expect(await code { try sets["b"]?.get() } == expected)
            #expect(await code { try gets["b"]?.get() } == expected)
            #expect(await code { try deletes["b"]?.get() } == expected)
            for name in ["a", "c"] {
                #expect(throws: Never.self) { try sets[name]?.get() }
                #expect(try gets[name]?.get()?.value == bytes(name))
                #expect(try deletes[name]?.get() == true)
            }
            #expect(injected.count == 3)
        }
    }

    @Test func `a miss, a lost race and no number stay what they are`() async throws {
        try await withClient { client, server in
            let version = try #require(try await client.get("key")).version
            server.inject(.status(.keyNotFound), on: [.gets, .deletes], times: 2)
            #expect(try await client.get("key") == nil)
            #expect(try await client.delete("key") == false)
            server.inject(.status(.keyExists), on: .sets, times: 1)
            #expect(try await client.compareAndSwap("key", to: bytes("2"), expecting: version) == .conflict)
            server.inject(.status(.keyNotFound), on: .sets, times: 1)
            #expect(try await client.compareAndSwap("key", to: bytes("2"), expecting: version) == .missing)
            server.inject(.status(.nonNumericValue), on: .increments, times: 1)
            #expect(await code { try await client.increment("key", by: 1) } == .notANumber)
            #expect(server.item(forKey: "key")?.value == Array("1".utf8))
        }
    }

    @Test func `a set without room has taken the old item with it`() async throws {
        try await withClient { (client, server) async throws in
            server.inject(.outOfMemory, on: .sets, times: 1)
            #expect(await code { try await client.set("key", to: bytes("2")) } == .outOfMemory)
            #expect(try await client.get("key") == nil)
        }
    }

    @Test func `a handshake that is refused statistics goes on without them, and versions end with the connection`()
        async throws
    {
        try await withMemcachedTestServer { server in
            let refused = server.inject(.status(.notSupported), on: .stats)
            try await MemcachedIntegrationTests.withClient(of: [server.address]) { client in
                let first = try await client.set("key", to: bytes("1"))
                #expect(try await client.get("key")?.value == bytes("1"))
                let swap = try await client.compareAndSwap("key", to: bytes("2"), expecting: first)
                guard case .stored(let second) = swap else {
                    Issue.record("\(swap)")
                    return
                }
                // Whether it is the same server after this, nobody can tell.
                await server.closeConnections()
                #expect(try await client.untilReachable("key")?.value == bytes("2"))
                let late = await code { try await client.compareAndSwap("key", to: bytes("3"), expecting: second) }
                #expect(late == .versionUnusable)
                #expect(try await client.get("key")?.value == bytes("2"))
            }
            #expect(refused.count > 0)
        }
    }
}
