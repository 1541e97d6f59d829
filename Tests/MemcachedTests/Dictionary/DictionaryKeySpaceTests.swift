import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct DictionaryKeySpaceTests {
    private func key(_ prefix: KeyPrefix, _ key: String, _ longKeys: LongKeyPolicy = .refuse) throws(MemcachedError)
        -> String
    {
        "\(try KeySpace(prefix: prefix, longKeys: longKeys, disclosure: .open).itemKey(key))"
    }

    @Test func `a plain prefix is joined to the key by a colon`() throws {
        #expect(try key("profiles", "ada") == "profiles:ada")
        #expect(try key("profiles", "a:b#c") == "profiles:a:b#c")
        let tenant = 7
        #expect(try key("tenant-\(tenant)", "ada") == "tenant-7:ada")
        #expect(try key("profiles", "ada", .hash) == "profiles:ada")
    }

    @Test func `a verbatim prefix, and none, add nothing of their own`() throws {
        #expect(try key(.verbatim("app:profiles:"), "ada") == "app:profiles:ada")
        #expect(try key(.verbatim(""), "ada") == "ada")
        #expect(try key(.none, "a:b") == "a:b")
    }

    @Test(arguments: ["a:b", ":", "a#", "#b", "a:\u{301}b", "a#\u{20E3}"])
    func `a plain prefix with a separator is refused, a colon under an accent too`(prefix: String) throws {
        let error = try #require(throws: MemcachedError.self) { try key(KeyPrefix(prefix), "ada") }
        #expect(error.code == .invalidKey)
        #expect(error.message.contains("the key prefix '\(prefix)' contains ':' or '#'"))
        #expect(error.message.contains("KeyPrefix.verbatim"))
    }

    @Test func `an empty plain prefix is refused, and the error says what to use`() throws {
        let error = try #require(throws: MemcachedError.self) { try key("", "ada") }
        #expect(error.code == .invalidKey)
        #expect(error.message.contains("KeyPrefix.none"))
    }

    @Test(arguments: [KeyPrefix("profiles"), .verbatim("app:"), .none], [LongKeyPolicy.refuse, .hash])
    func `an empty key is refused under every prefix`(prefix: KeyPrefix, longKeys: LongKeyPolicy) throws {
        let error = try #require(throws: MemcachedError.self) { try key(prefix, "", longKeys) }
        #expect(error.code == .invalidKey)
        #expect(error.message.contains("the key is empty"))
    }

    @Test(arguments: [("p", "é", 124), ("p", "k", 248), ("ü", "😀", 61)])
    func `250 bytes are taken, prefix included, and 251 are not`(prefix: String, character: String, count: Int) throws {
        var name = String(repeating: character, count: count)
        name += String(repeating: "x", count: 250 - prefix.utf8.count - 1 - name.utf8.count)
        #expect(try key(KeyPrefix(prefix), name).utf8.count == 250)
        let error = try #require(throws: MemcachedError.self) { try key(KeyPrefix(prefix), name + "x") }
        #expect(error.code == .invalidKey)
        #expect(error.message.contains("251 bytes"))
        #expect(error.key == "\(prefix):\(name)x")
    }

    @Test(
        "A longer key is stored under the prefix, # and its SHA-256, as sha256sum prints it",
        arguments: [
            (String(repeating: "k", count: 300), "17b16d8ef494060fefa36a6a41567b8c32d213a17e02b7eeae86158cc4495461"),
            (String(repeating: "é", count: 125), "34227530c904c7f8581466d6498e6370426a10b098a4d1603681383e1cf4bf40"),
        ]
    )
    func hashed(name: String, digest: String) throws {
        #expect(try key("p", name, .hash) == "p#" + digest)
        #expect(try key(.verbatim("app:"), name, .hash) == "app:#" + digest)
    }

    @Test func `only a key that doesn't fit is hashed`() throws {
        let name = String(repeating: "k", count: 248)
        #expect(try key("p", name, .hash) == "p:" + name)
        #expect(try key("p", name + "k", .hash).utf8.count == 2 + 64)
    }

    @Test func `a hashed key fits under a prefix of up to 185 bytes`() throws {
        let name = String(repeating: "k", count: 250)
        #expect(try key(KeyPrefix(String(repeating: "p", count: 185)), name, .hash).utf8.count == 250)
        let error = try #require(throws: MemcachedError.self) {
            try key(KeyPrefix(String(repeating: "p", count: 186)), name, .hash)
        }
        #expect(error.code == .invalidKey)
        #expect(error.message.contains("251 bytes"))
    }
}

extension KeyDisclosure {
    /// Keys may be shown.
    static var open: KeyDisclosure { KeyDisclosure(ClientConfiguration(servers: [])) }
}
