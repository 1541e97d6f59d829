#if Management
import Memcached
import MemcachedFraming

/// Why a key is on the server that it is on.
enum RingPlace {
    /// In words.
    static func explanation(of key: String, among servers: [MemcachedServer]) -> String? {
        guard servers.count > 1 else { return "It is the only server." }
        guard let itemKey = try? ItemKey(key) else { return nil }
        let ring = KetamaRing(servers.map { ($0.ringName, $0.weight) })
        let hash = KeyHash(itemKey)
        guard let point = ring.point(for: hash) else { return nil }
        return
            "The key's MD5 puts it at 0x\(hex(hash.point)) on the ring. The first of the ring's \(ring.pointCount) points from "
            + "there on is 0x\(hex(point)), and is this server's (weighted ketama, as libmemcached places keys)."
    }

    private static func hex(_ number: UInt32) -> String { HexDump.hex(Int(number), digits: 8) }
}
#endif
