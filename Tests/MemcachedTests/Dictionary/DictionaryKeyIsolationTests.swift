import MemcachedFraming
import MemcachedTesting
import TestSupport
import Testing

@testable import Memcached

/// No dictionary of a plain prefix reaches another one's items: the map from prefix and key to the item's key never meets itself, as
/// far as SHA-256 doesn't.
@Suite(.fewAtATime) struct DictionaryKeyIsolationTests {
    /// Who owns each item's key.
    private struct Owners {
        private var owners: [ItemKey: [[UInt8]]] = [:]
        private(set) var hashedCount = 0

        var count: Int { owners.count }

        /// Returns the item's key in bytes; nil where a prefix leaves no room for a hash.
        @discardableResult
        mutating func claim(_ prefix: String, _ name: String) -> [UInt8]? {
            let keys = KeySpace(prefix: KeyPrefix(prefix), longKeys: .hash, disclosure: .open)
            guard let item = try? keys.itemKey(name) else {
                #expect(prefix.utf8.count > 185 && prefix.utf8.count + name.utf8.count >= 250)
                return nil
            }
            let owner = [Array(prefix.utf8), Array(name.utf8)]
            let other = owners.updateValue(owner, forKey: item)
            #expect(other == nil || other == owner, "\(item) is of \(other ?? []) and of \(owner)")
            if prefix.utf8.count + 1 + name.utf8.count > 250 { hashedCount += 1 }
            return item.withBytes { Array($0) }
        }
    }

    private static func texts(of pieces: [String], upTo count: Int) -> [String] {
        var texts = [""]
        var all: [String] = []
        for _ in 0..<count {
            texts = texts.flatMap { text in pieces.map { text + $0 } }
            all += texts
        }
        return all
    }

    @Test func `none of all short prefixes and keys of a tiny alphabet meet`() {
        var owners = Owners()
        let prefixes = Self.texts(of: ["a", "b", "\u{301}"], upTo: 3)
        let names = Self.texts(of: ["a", "b", ":", "#", "\u{301}"], upTo: 4)
        for prefix in prefixes {
            for name in names { owners.claim(prefix, name) }
        }
        #expect(owners.count == prefixes.count * names.count)
        #expect(owners.hashedCount == 0)
    }

    @Test func `none of all keys of a tiny alphabet meet at each length about 250 bytes`() {
        var owners = Owners()
        let prefixes = Self.texts(of: ["a", "b"], upTo: 2)
        let ends = Self.texts(of: ["a", ":", "#"], upTo: 3)
        for length in 240...252 {
            for prefix in prefixes {
                for end in ends {
                    let filler = String(repeating: "a", count: length - prefix.utf8.count - 1 - end.utf8.count)
                    owners.claim(prefix, filler + end)
                    owners.claim(prefix, end + filler)
                }
            }
        }
        #expect(owners.hashedCount > 500)
    }

    @Test func `a key that is another's hash doesn't reach it`() throws {
        var owners = Owners()
        for prefix in ["p", "q", "p-q"] {
            for length in [250, 251, 300, 5_000] {
                let claimed = owners.claim(prefix, String(repeating: "k", count: length))
                let item = try #require(claimed)
                let hashed = String(decoding: item, as: UTF8.self)
                let digest = String(hashed.dropFirst(prefix.count + 1))
                #expect(digest.count == 64)
                for other in ["p", "q", "p-q", "p-"] {
                    for name in [digest, "#" + digest, ":" + digest, hashed, other + hashed, digest.uppercased()] {
                        owners.claim(other, name)
                    }
                }
            }
        }
    }

    @Test func `generated prefixes and keys don't meet`() {
        var generator = SplitMixGenerator(seed: 20)
        let pieces = ["a", "b", "aa", "é", "e\u{301}", "\u{212B}", "Å", "A\u{30A}", " ", "-", "\u{301}", "😀", "\0"]
        func text(_ pieces: [String], bytes: Int) -> String {
            var text = ""
            while text.utf8.count < bytes { text += pieces.randomElement(using: &generator) ?? "" }
            return text
        }
        var owners = Owners()
        for _ in 0..<30_000 {
            let prefix = text(pieces, bytes: [1, 2, 3, 3, 185, 190].randomElement(using: &generator) ?? 1)
            // Short keys meet where keys can meet; the others cross the length from which keys are hashed.
            let rest = max(1, 249 - prefix.utf8.count)
            let length = Bool.random(using: &generator) ? Int.random(in: 1...4, using: &generator) : rest
            let name = text(pieces + [":", "#"], bytes: max(1, length + Int.random(in: -3...3, using: &generator)))
            owners.claim(prefix, name)
        }
        #expect(owners.count > 10_000)
        #expect(owners.hashedCount > 5_000)
    }
}
