import Crypto
package import MemcachedFraming

/// Consistent hashing as libmemcached's weighted ketama does it (pylibmc `ketama_weighted`, PHP `OPT_LIBKETAMA_COMPATIBLE`), so that
/// those clients and this one look for a key on the same server.
package struct KetamaRing: Sendable {
    /// Sorted; of equal points, that of the server added first comes first, and owns the keys.
    private let points: [UInt32]
    /// The server of the point at the same place.
    private let owners: [UInt16]
    /// The circle in equal parts with a few points each, and for each part the place of its first point or of the next one: a lookup
    /// begins there.
    private let starts: [UInt32]
    /// A point's part is what is left without so many of its low bits.
    private let partShift: Int

    /// A ring over servers by their names, in the order in which they are configured.
    package init(_ servers: [(name: String, weight: Int)]) {
        let total = servers.reduce(0) { $0 + $1.weight }
        var all: [(point: UInt32, owner: UInt16)] = []
        for (index, server) in servers.enumerated() where servers.count > 1 {
            for round in 0..<Self.rounds(weight: server.weight, of: total, servers: servers.count) {
                let digest = Insecure.MD5.hash(data: Array("\(server.name)-\(round)".utf8))
                digest.withUnsafeBytes { bytes in
                    for offset in stride(from: 0, to: 16, by: 4) {
                        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                        all.append((UInt32(littleEndian: word), UInt16(truncatingIfNeeded: index)))
                    }
                }
            }
        }
        all.sort { ($0.point, $0.owner) < ($1.point, $1.owner) }
        points = all.map(\.point)
        owners = all.map(\.owner)
        (starts, partShift) = Self.parts(of: points)
    }

    private static func parts(of points: [UInt32]) -> (starts: [UInt32], shift: Int) {
        // A power of two.
        let bits = max(0, points.count.bitWidth - points.count.leadingZeroBitCount - 2)
        let shift = UInt32.bitWidth - bits
        var place = 0
        let starts = (0..<1 << bits).map { part in
            while place < points.count, Int(points[place] >> shift) < part { place += 1 }
            return UInt32(place)
        }
        return (starts, shift)
    }

    /// The most servers that a ring takes.
    package static let maximumServers = Int(UInt16.max)

    package var pointCount: Int { points.count }

    /// The index of the server that owns the key's point.
    package func owner(of hash: KeyHash) -> Int {
        points.isEmpty ? 0 : Int(owners[firstPoint(for: hash)])
    }

    /// The point that the key's own leads to; nil of a ring without points, which is that of one server.
    package func point(for hash: KeyHash) -> UInt32? {
        points.isEmpty ? nil : points[firstPoint(for: hash)]
    }

    /// The index of the first server from the key's point on that may be used; nil where none may.
    package func owner(of hash: KeyHash, where isEligible: (Int) -> Bool) -> Int? {
        guard !points.isEmpty else { return isEligible(0) ? 0 : nil }
        let start = firstPoint(for: hash)
        let next = owners[start...].first { isEligible(Int($0)) } ?? owners[..<start].first { isEligible(Int($0)) }
        return next.map { Int($0) }
    }

    private func firstPoint(for hash: KeyHash) -> Int {
        var place = Int(starts[Int(hash.point >> partShift)])
        while place < points.count, points[place] < hash.point { place += 1 }
        return place == points.count ? 0 : place
    }

    /// How often a server's name is hashed, four points each. libmemcached computes it in 32-bit floats, which gives 156 points
    /// in place of 160 for some numbers of servers: placement depends on it.
    private static func rounds(weight: Int, of total: Int, servers: Int) -> Int {
        let share = Float(weight) / Float(total)
        let rounds = share * 160 / 4 * Float(servers) + 1e-10
        return Int(rounds.rounded(.down))
    }
}

/// What placement takes from a key.
package struct KeyHash: Sendable, Equatable {
    /// The key's place on the ring: the first four bytes of its MD5, little-endian.
    package let point: UInt32
    /// Independent of the point; chooses among a server's connections.
    package let lane: UInt32
}

extension KeyHash {
    package init(_ key: ItemKey) {
        (point, lane) = key.withBytes { bytes in
            var md5 = Insecure.MD5()
            md5.update(bufferPointer: bytes)
            return md5.finalize().withUnsafeBytes {
                (
                    UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)),
                    UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                )
            }
        }
    }
}

extension MemcachedServer {
    /// The name that the ring hashes: the port counts only where it is not memcached's own.
    package var ringName: String {
        switch address {
        case .host(let host, ServerAddress.defaultPort): host
        case .host(let host, let port): "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
