#if Management
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// Where the key explorer says that a key is on the ring, and why.
@Suite(.fewAtATime) struct RingPlaceTests {
    /// Computed by Python's hashlib, on rings whose owners of all keys in `Fixtures/placement` are those that are recorded there.
    struct Place: Sendable, CustomTestStringConvertible {
        let list: String
        let key: String
        /// In hexadecimal: the key's own, and the ring's first one from there on.
        let hash: String
        let point: String

        var testDescription: String { "\(key) on \(list)" }

        fileprivate init(_ list: String, _ key: String, _ hash: String, _ point: String) {
            (self.list, self.key, self.hash, self.point) = (list, key, hash, point)
        }
    }

    private static let places = [
        Place("S3", "key-000", "1e893fc4", "1ed42ad9"), Place("S3", "key-005", "2aba5223", "2aea4b9a"),
        Place("S3", "key-037", "0258f8dc", "0288f3fa"), Place("S3", "key-099", "76ebe582", "770fdb9e"),
        // Behind the last point, from where the first one follows.
        Place("S3", "key-045", "fff91c58", "0118d108"),
        Place("S3w", "key-000", "1e893fc4", "1eb0ae91"), Place("S3w", "key-005", "2aba5223", "2aea4b9a"),
        Place("S3w", "key-037", "0258f8dc", "0288f3fa"), Place("S3w", "key-099", "76ebe582", "7710ac38"),
        Place("S3w", "key-045", "fff91c58", "0118d108"),
        Place("H3", "key-000", "1e893fc4", "1eeeb28c"), Place("H3", "key-005", "2aba5223", "2b1cf31e"),
        Place("H3", "key-037", "0258f8dc", "02781089"), Place("H3", "key-099", "76ebe582", "77fbf478"),
        Place("H3", "key-045", "fff91c58", "008c9cc8"),
    ]

    /// Where libmemcached looks for the key.
    private func owner(of key: String, in list: String, _ record: PlacementRecord) throws -> PlacementRecord.Server {
        let scheme = try #require(record.schemes.first { $0.serverList == list })
        let index = try #require(record.keys.firstIndex(of: key))
        return try #require(record.serverLists[list])[scheme.map[index]]
    }

    @Test(arguments: places)
    func `a key's hash and the point that it leads to are as others compute them`(place: Place) throws {
        let record = try PlacementRecord.ketamaWeighted()
        let servers = try #require(record.serverLists[place.list]).map { server in
            MemcachedServer(.host(server.host, port: server.port), weight: server.weight)
        }
        let words = try #require(RingPlace.explanation(of: place.key, among: servers))
        #expect(words.contains("The key's MD5 puts it at 0x\(place.hash) on the ring."))
        #expect(words.contains("The first of the ring's 480 points from there on is 0x\(place.point), and is this"))
    }

    @Test(arguments: ["S3", "S3w"])
    func `the page names the server on which libmemcached looks, and what leads there`(list: String) async throws {
        let record = try PlacementRecord.ketamaWeighted()
        let names = try #require(record.serverLists[list]).map { "\"\($0.host):\($0.port)=\($0.weight)\"" }
        let text = #"{"servers": [\#(names.joined(separator: ", "))], "timeout": 0.2}"#
        try await TestScreen.with(text) { (screen) async throws in
            let browser = TestBrowser(screen)
            for place in Self.places where place.list == list {
                let owner = try owner(of: place.key, in: list, record)
                let address = "\(owner.host):\(owner.port)"
                let page = try await browser.open("/keys?prefix=&key=\(place.key)")
                // The second where somebody listens there, and has no such item.
                let words = ["<dt>Server</dt><dd>\(address)</dd>", "on its server, \(address)."]
                #expect(words.contains { page.contains($0) }, "\(place.key)")
                #expect(page.contains("The key&#39;s MD5 puts it at 0x\(place.hash) on the ring."), "\(place.key)")
                #expect(page.contains("from there on is 0x\(place.point), and is this server&#39;s"), "\(place.key)")
            }
        }
    }

    @Test func `the server that is named is the one that has the item`() async throws {
        try await withMemcachedTestServer { (one) async throws in
            try await withMemcachedTestServer { (other) async throws in
                let text = #"{"servers": ["\#(one.address)", "\#(other.address)"]}"#
                try await TestScreen.with(text) { (screen) async throws in
                    let browser = TestBrowser(screen)
                    for place in Self.places where place.list == "S3" {
                        _ = try await screen.fleet.client.set(place.key, to: ByteBuffer(string: "v"))
                        let holders = [one, other].filter { $0.item(forKey: place.key) != nil }
                        let page = try await browser.open("/keys?prefix=&key=\(place.key)")
                        #expect(holders.map { page.contains("<dt>Server</dt><dd>\($0.address)</dd>") } == [true])
                        // Whatever the servers are, a key's hash is the same.
                        #expect(page.contains("puts it at 0x\(place.hash) on the ring."))
                        #expect(page.contains("The first of the ring&#39;s 320 points"))
                    }
                }
            }
        }
    }

    @Test(arguments: [2, 3, 25, 47, 61])
    func `the ring has as many points as libmemcached gives it`(count: Int) throws {
        let points = try PlacementRecord.pointsPerServer()
        try #require(points.count == 100)
        let servers = (1...count).map { MemcachedServer(.host("cache-\($0)")) }
        let words = try #require(RingPlace.explanation(of: "key", among: servers))
        #expect(words.contains("the ring's \(points[count - 1] * count) points"))
    }
}
#endif
