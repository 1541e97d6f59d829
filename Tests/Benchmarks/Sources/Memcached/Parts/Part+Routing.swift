import MemcachedFraming

extension Part {
    static let routing: [Part] = [
        Part("key-hash") { count in
            let keys = try (0..<64).map { try ItemKey("key:000000\($0)") }
            for number in 0..<count { keep(KeyHash(keys[number & 63])) }
        },
        Part("ring-of-100") { count in
            let ring = KetamaRing((1...100).map { ("cache-\($0)", 1) })
            let hashes = try (0..<64).map { KeyHash(try ItemKey("key:000000\($0)")) }
            for number in 0..<count { keep(ring.owner(of: hashes[number & 63])) }
        },
    ]
}
