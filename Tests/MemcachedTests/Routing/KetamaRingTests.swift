import Crypto
import MemcachedFraming
import TestSupport
import Testing

@testable import Memcached

@Suite("The ketama ring", .fewAtATime)
struct KetamaRingTests {
    @Test("Keys are where libmemcached and pylibmc look for them")
    func recordedPlacements() throws {
        let record = try PlacementRecord.ketamaWeighted()
        #expect(record.schemes.count >= 6)
        for scheme in record.schemes {
            let servers = try #require(record.serverLists[scheme.serverList])
            let ring = KetamaRing(
                servers.map { server in
                    (MemcachedServer(.host(server.host, port: server.port)).ringName, server.weight)
                }
            )
            let owners = try record.keys.map { ring.owner(of: KeyHash(try ItemKey($0))) }
            #expect(owners == scheme.map, "\(scheme.id)")
        }
    }

    @Test("Servers of equal weights have the points that libmemcached's 32-bit floats give them")
    func pointsPerServer() throws {
        let recorded = try PlacementRecord.pointsPerServer()
        let computed = (1...100).map { count in
            // One server alone owns everything and has no ring.
            count == 1 ? 160 : KetamaRing((1...count).map { ("cache-\($0)", 1) }).pointCount / count
        }
        #expect(recorded.count == 100)
        #expect(computed == recorded)
    }

    @Test("A key belongs to the next point on the circle, at and around each point", arguments: [2, 3, 16, 61])
    func nextPoint(count: Int) {
        let names = (1...count).map { "cache-\($0)" }
        let ring = KetamaRing(names.map { ($0, 1) })
        var points: [(place: UInt32, owner: Int)] = []
        for (owner, name) in names.enumerated() {
            for round in 0..<ring.pointCount / count / 4 {
                let digest = Array(Insecure.MD5.hash(data: Array("\(name)-\(round)".utf8)))
                for word in stride(from: 0, to: 16, by: 4) {
                    points.append((digest[word..<word + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }, owner))
                }
            }
        }
        points.sort { $0.place < $1.place }
        #expect(points.count == ring.pointCount)
        for place in points.flatMap({ [$0.place &- 1, $0.place, $0.place &+ 1] }) + [0, 1 << 31, .max] {
            let next = points.first { $0.place >= place } ?? points[0]
            let owner = ring.owner(of: KeyHash(point: place, lane: 0))
            #expect(owner == next.owner, "\(place)")
        }
    }

    @Test("Of equal points, the server that was added first owns the key")
    func equalPoints() throws {
        let ring = KetamaRing([("same", 1), ("same", 1)])
        for number in 0..<200 {
            #expect(ring.owner(of: KeyHash(try ItemKey("key-\(number)"))) == 0)
        }
    }

    @Test("One server owns every key")
    func oneServer() throws {
        let ring = KetamaRing([("cache-1", 1)])
        #expect(ring.pointCount == 0)
        #expect(ring.owner(of: KeyHash(try ItemKey("key"))) == 0)
    }

    @Test("A key whose server is left out goes to the next one on the ring, as if the ring were without it")
    func nextOnRing() throws {
        let names = ["a", "b", "c", "d", "e"]
        let ring = KetamaRing(names.map { ($0, 1) })
        var out: Set<Int> = []
        for leaving in [1, 3, 4, 0] {
            out.insert(leaving)
            let staying = names.indices.filter { !out.contains($0) }
            var moved = 0
            for number in 0..<500 {
                let hash = KeyHash(try ItemKey("key-\(number)"))
                let owner = ring.owner(of: hash)
                let next = try #require(ring.owner(of: hash) { !out.contains($0) })
                #expect(staying.contains(next))
                if out.contains(owner) { moved += 1 } else { #expect(next == owner) }
                // libmemcached's float rounding gives a smaller ring the same points of the servers that stay.
                guard staying.count > 1 else { continue }
                let smaller = KetamaRing(staying.map { (names[$0], 1) })
                #expect(staying[smaller.owner(of: hash)] == next)
            }
            #expect(moved > 0)
        }
        #expect(ring.owner(of: KeyHash(try ItemKey("key"))) { _ in false } == nil)
    }

    @Test("A server that leaves takes only its own keys with it")
    func leaving() throws {
        let three = KetamaRing([("a", 1), ("b", 1), ("c", 1)])
        let two = KetamaRing([("a", 1), ("b", 1)])
        var moved = 0
        for number in 0..<500 {
            let hash = KeyHash(try ItemKey("key-\(number)"))
            let owner = three.owner(of: hash)
            if owner == 2 { moved += 1 } else { #expect(two.owner(of: hash) == owner) }
        }
        #expect(moved > 50)
    }

    @Test("The port is part of a server's name only where it isn't memcached's own")
    func names() {
        #expect(MemcachedServer(.host("cache-1")).ringName == "cache-1")
        #expect(MemcachedServer(.host("cache-1", port: 11212)).ringName == "cache-1:11212")
        #expect(MemcachedServer(.unixSocket(path: "/tmp/socket")).ringName == "/tmp/socket")
    }
}
