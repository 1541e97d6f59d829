import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("An item's version", .fewAtATime)
struct ItemVersionTests {
    static let server = ServerAddress.host("cache-1")
    static let present = ItemVersion.Origin(server: server, incarnation: .process(id: 1, started: 1_000))

    @Test("The same process of the same server can compare it")
    func usable() {
        #expect(ItemVersion(cas: 5, origin: Self.present).unusable(at: Self.present) == nil)
    }

    @Test("One that is known by its CAS alone is not checked")
    func unchecked() {
        #expect(ItemVersion(cas: 5).unusable(at: Self.present) == nil)
    }

    @Test("Any other is unusable, and the error says why and names the present server")
    func unusable() throws {
        let elsewhere = ItemVersion.Origin(server: .host("cache-2"), incarnation: Self.present.incarnation)
        let cases: [(ItemVersion, ItemVersion.Origin, String)] = [
            (ItemVersion(cas: 0), Self.present, "-C"),
            (ItemVersion(cas: 0, origin: Self.present), Self.present, "-C"),
            (ItemVersion(cas: 5, origin: origin(.process(id: 2, started: 1_000))), Self.present, "has restarted"),
            (ItemVersion(cas: 5, origin: origin(.process(id: 1, started: 1_001))), Self.present, "has restarted"),
            (ItemVersion(cas: 5, origin: origin(.connection(1))), Self.present, "has restarted"),
            (
                ItemVersion(cas: 5, origin: origin(.connection(1))), origin(.connection(2)),
                "connection has been replaced"
            ),
            (ItemVersion(cas: 5, origin: elsewhere), Self.present, "is of cache-2:11211"),
            (ItemVersion(cas: 5, origin: try at("10.0.0.1")), try at("10.0.0.2"), "leads to another address"),
            (ItemVersion(cas: 5, origin: try at("10.0.0.1")), Self.present, "leads to another address"),
        ]
        for (version, present, words) in cases {
            let error = try #require(version.unusable(at: present))
            #expect(error.code == .versionUnusable)
            #expect(error.server == Self.server)
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    private func at(_ peer: String) throws -> ItemVersion.Origin {
        let address = try SocketAddress(ipAddress: peer, port: 11211)
        return ItemVersion.Origin(server: Self.server, incarnation: Self.present.incarnation, peer: address)
    }

    private func origin(_ incarnation: Incarnation) -> ItemVersion.Origin {
        ItemVersion.Origin(server: Self.server, incarnation: incarnation)
    }
}
