#if Management
import Memcached
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// The key explorer where a value is edited in hexadecimal.
@Suite(.fewAtATime) struct HexPagesTests {
    /// Each with the flags that it is stored with.
    private static let binary: [(UInt32, [UInt8])] = [
        (0, [0, 255, 65]), (0x8_0000, [0, 255, 65]),
        // Python's pickle, somebody's own format, and what nobody here knows.
        (1, Array(0x80...0xff)), (0x7f05_0000, [7]), (0x1234_0000, [1, 2, 3]),
    ]

    @Test(arguments: binary)
    func `bytes are shown and edited in hexadecimal, and keep their flags`(flags: UInt32, bytes: [UInt8]) async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            _ = try await client.set("b", to: ByteBuffer(bytes: bytes), flags: flags)
            let browser = TestBrowser(screen)
            let page = try await browser.open("/keys?prefix=&key=b")
            #expect(page.contains(HexText.text(of: bytes) + "</textarea>"))
            #expect(page.contains("Value in hexadecimal</label>"))
            let stored = try await browser.submit("/keys/save", ["value": "00 FE\r\n0d0a\t00", "lifetime": "12h"])
            #expect(stored.contains("The value is stored."))
            let item = try await client.get("b")
            #expect(item?.value == ByteBuffer(bytes: [0, 0xfe, 0x0d, 0x0a, 0]))
            #expect(item?.flags == flags)
        }
    }

    @Test func `bytes that were compressed are compressed again`() async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            let bytes = MemcachedDict<ByteBuffer>(client, keyPrefix: .none, codec: .bytes().compressed(above: 0))
            try await bytes.store(ByteBuffer(repeating: 0xff, count: 1_000), forKey: "b")
            let before = try #require(try await client.get("b"))
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=&key=b")
            let edited = String(repeating: "fe ", count: 1_000)
            #expect(try await browser.submit("/keys/save", ["value": edited]).contains("The value is stored."))
            let after = try #require(try await client.get("b"))
            #expect(after.flags == before.flags && after.value.readableBytes < 100)
            #expect(try await bytes["b"] == ByteBuffer(repeating: 0xfe, count: 1_000))
            // What compressing doesn't make smaller is stored as it is, and read all the same.
            try await browser.submit("/keys/save", ["value": "fd"])
            #expect(try await bytes["b"] == ByteBuffer(bytes: [0xfd]))
        }
    }

    @Test func `text that a form would change is edited in hexadecimal, and stays text`() async throws {
        try await TestScreen.with { (screen) async throws in
            let texts = MemcachedDict<String>(screen.fleet.client, keyPrefix: .none, codec: .text())
            try await texts.store("a\r\nb\0", forKey: "t")
            let browser = TestBrowser(screen)
            let page = try await browser.open("/keys?prefix=&key=t")
            #expect(page.contains("61 0d 0a 62 00</textarea>"))
            #expect(page.contains("carriage returns or NUL characters, which a form would change"))
            let wrong = try await browser.submit("/keys/save", ["value": "61 ff"])
            #expect(wrong.status == 422 && wrong.contains("a text is UTF-8, and these bytes are not"))
            #expect(try await browser.submit("/keys/save", ["value": "63 0d 0a"]).contains("The value is stored."))
            #expect(try await texts["t"] == "c\r\n")
        }
    }

    @Test func `wrong hexadecimal is explained at its field, and nothing is stored`() async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            _ = try await client.set("b", to: ByteBuffer(bytes: [0, 255]))
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=&key=b")
            let page = try await browser.submit("/keys/save", ["value": "00 ff\r\n0g"])
            #expect(page.status == 422)
            #expect(page.contains("id=\"value-problem\">Line 2, column 2: &#39;g&#39; is no hexadecimal digit"))
            #expect(page.contains("aria-describedby=\"value-help value-problem\""))
            #expect(page.contains("00 ff\n0g</textarea>"))
            #expect(try await client.get("b")?.value == ByteBuffer(bytes: [0, 255]))
            #expect(try await browser.submit("/keys/save", ["value": "01"]).contains("The value is stored."))
        }
    }

    @Test(arguments: ["\u{0}theirs", "theirs"])
    func `another writer in between is a conflict that shows both in hexadecimal`(theirs: String) async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            _ = try await client.set("b", to: ByteBuffer(bytes: [0, 255]), flags: 0x8_0000)
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=&key=b")
            _ = try await client.set("b", to: ByteBuffer(string: theirs))
            let conflict = try await browser.submit("/keys/save", ["value": "01 02"])
            #expect(conflict.status == 409)
            #expect(conflict.contains("01 02</textarea>"))
            #expect(conflict.contains("aria-label=\"Their value\">\(HexText.text(of: theirs.utf8))</pre>"))
            #expect(try await client.get("b")?.value == ByteBuffer(string: theirs))
            #expect(try await browser.submit("/keys/save", ["value": "01 03"]).contains("The value is stored."))
            let item = try await client.get("b")
            #expect(item?.value == ByteBuffer(bytes: [1, 3]) && item?.flags == 0x8_0000)
        }
    }

    @Test func `a first value may be bytes`() async throws {
        try await TestScreen.with { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=&key=b")
            let wrong = try await browser.submit("/keys/save", ["value": "hello", "codec": "bytes"])
            #expect(wrong.status == 422 && wrong.contains("Line 1, column 1: &#39;h&#39; is no hexadecimal digit"))
            let fields = ["value": "00 ff", "codec": "bytes"]
            #expect(try await browser.submit("/keys/save", fields).contains("The value is stored."))
            #expect(try await screen.fleet.client.get("b")?.value == ByteBuffer(bytes: [0, 255]))
        }
    }
}
#endif
