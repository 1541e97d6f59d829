import Memcached
import NIOCore
import TestSupport
import Testing

@testable import MemcachedDictCommand

@Suite("A soak's disturbances", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct SoakChaosTests {
    /// Servers of the soak's own, which are ended whatever comes of the body.
    private func withFleet(_ body: (Fleet) async throws -> Void) async throws {
        let fleet = try await Fleet.start(count: 1)
        do {
            try await body(fleet)
        } catch {
            await fleet.end()
            throw error
        }
        await fleet.end()
    }

    @Test func `a cut replaces the connections, and the server lives on with what it holds`() async throws {
        try await withFleet { fleet in
            let server = fleet.servers[0]
            try await withMemcachedClient(configuration: fleet.configuration(chaos: false)) { client in
                try await client.set("k", to: bytes("v"))
                let before = try #require(try client.connection(for: "k"))
                var chaos = Chaos(
                    server: server,
                    client: client,
                    record: Record(),
                    generator: SeededGenerator(seed: 1)
                )
                try await chaos.carryOut(.cut) { false }
                try await before.channel.closeFuture.get()
                #expect(try await client.untilReachable("k")?.value == bytes("v"))
                #expect(try client.connection(for: "k") !== before)
            }
            #expect(server.life == 0)
            #expect(server.unexpectedEnds.isEmpty)
        }
    }

    @Test func `a server that is killed while it starts is reaped`() async throws {
        let server = try ServerProcess()
        let starting = Task { try? await server.start() }
        // Until it has begun to start there is nothing to kill.
        repeat {
            await server.kill()
            await Task.yield()
        } while server.life == 0
        starting.cancel()
        _ = await starting.value
        await server.end()
        #expect(server.unexpectedEnds.isEmpty)
    }

    @Test func `a cut concerns the connections to that server alone`() async throws {
        try await withFleet { fleet in
            try await withMemcachedClient(configuration: fleet.configuration(chaos: false)) { client in
                try await client.set("k", to: bytes("v"))
                let connection = try #require(try client.connection(for: "k"))
                client.cutConnections(to: .host("127.0.0.1", port: 1))
                #expect(try await client.get("k")?.value == bytes("v"))
                #expect(try client.connection(for: "k") === connection)
                client.cutConnections(to: fleet.servers[0].address)
                try await connection.channel.closeFuture.get()
            }
        }
    }
}
