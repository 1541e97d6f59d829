import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@Suite("Keys", .fewAtATime)
struct ItemKeyTests {
    @Test("A key of 1 to 250 bytes is taken", arguments: [1, 2, 249, 250])
    func taken(length: Int) throws {
        let name = String(repeating: "k", count: length)
        #expect(try ItemKey(name).length == length)
        #expect(try ItemKey(bytes: ByteBuffer(string: name)).length == length)
        #expect(try ItemKey(prefix: String(name.dropLast()), name: "k").length == length)
    }

    @Test("An empty key is refused")
    func empty() {
        #expect(throws: FramingError.emptyKey) { try ItemKey("") }
        #expect(throws: FramingError.emptyKey) { try ItemKey(prefix: "", name: "") }
        #expect(throws: FramingError.emptyKey) { try ItemKey(bytes: ByteBuffer()) }
    }

    @Test("A key is measured in UTF-8 bytes, prefix included")
    func tooLong() {
        let name = String(repeating: "é", count: 126)
        #expect(throws: FramingError.keyTooLong(bytes: 252)) { try ItemKey(name) }
        #expect(throws: FramingError.keyTooLong(bytes: 251)) {
            try ItemKey(prefix: "p", name: String(repeating: "k", count: 250))
        }
        #expect(throws: FramingError.keyTooLong(bytes: 251)) {
            try ItemKey(bytes: ByteBuffer(repeating: 0, count: 251))
        }
    }

    @Test("Keys of the same bytes are equal, however they were made")
    func equality() throws {
        let keys = [
            try ItemKey("profiles:ada"),
            try ItemKey(prefix: "profiles:", name: "ada"),
            try ItemKey(prefix: "profiles:ada", name: ""),
            try ItemKey(bytes: ByteBuffer(string: "profiles:ada")),
        ]
        #expect(Set(keys).count == 1)
        #expect(try !keys.contains(ItemKey("profiles:adb")))
        #expect(try !keys.contains(ItemKey("profiles:ad")))
        #expect(keys.map(\.description) == Array(repeating: "profiles:ada", count: 4))
    }

    @Test("Any byte may stand in a key, and is written as it is")
    func anyByte() throws {
        let bytes = ByteBuffer(bytes: (0...249).map { UInt8($0) })
        let key = try ItemKey(bytes: bytes)
        var written = ByteBuffer(string: "before ")
        written.writeKey(key)
        #expect(written == ByteBuffer(bytes: Array("before ".utf8) + Array(bytes.readableBytesView)))
        #expect(key.withBytes { Array($0) } == Array(bytes.readableBytesView))
    }

    @Test("Prefix and name are written joined")
    func joined() throws {
        var written = ByteBuffer()
        written.writeKey(try ItemKey(prefix: "préfixe:", name: "clé"))
        #expect(written == ByteBuffer(string: "préfixe:clé"))
    }
}
