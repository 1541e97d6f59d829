#if Management
import Foundation
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// What the key explorer tells of an item besides its value, and values of which it needs more than to show them.
@Suite(.fewAtATime) struct ItemFactsTests {
    private struct Profile: Codable, Sendable {
        var name: String
        var visits: Int
    }

    @Test(
        arguments: [
            (0, "0 (0x0)"), (0x8_0000, "524288 (0x80000)"), (0x1234_0000, "305397760 (0x12340000)"),
            (0x7f05_0000, "2131034112 (0x7f050000)"), (.max, "4294967295 (0xffffffff)"),
        ] as [(UInt32, String)]
    )
    func `flags are shown in decimal and in hexadecimal`(flags: UInt32, words: String) async throws {
        try await TestScreen.with { (screen) async throws in
            _ = try await screen.fleet.client.set("k", to: ByteBuffer(string: "v"), flags: flags)
            let page = try await TestBrowser(screen).open("/keys?prefix=&key=k")
            #expect(page.contains("<dt>Flags</dt><dd>\(words)</dd>"))
        }
    }

    @Test(arguments: [(1, "1 byte"), (2, "2 bytes"), (12_345, "12,345 bytes")])
    func `a value's size is that of its bytes`(size: Int, words: String) async throws {
        try await TestScreen.with { (screen) async throws in
            let value = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)
            _ = try await screen.fleet.client.set("k", to: value)
            let page = try await TestBrowser(screen).open("/keys?prefix=&key=k")
            #expect(page.contains("<dt>Size</dt><dd>\(words)</dd>"))
        }
    }

    @Test func `of a compressed value both sizes are told, as it is stored and unpacked`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                let texts = MemcachedDict<String>(
                    screen.fleet.client,
                    keyPrefix: .none,
                    codec: .text().compressed(above: 0)
                )
                try await texts.store(String(repeating: "x", count: 12_345), forKey: "t")
                let stored = try #require(server.item(forKey: "t")).value.count
                #expect(stored < 1_000)
                let page = try await TestBrowser(screen).open("/keys?prefix=&key=t")
                #expect(page.contains("<dt>Size</dt><dd>12,345 bytes, compressed to \(stored) bytes</dd>"))
                #expect(page.contains("<dt>Flags</dt><dd>262168 (0x40018)</dd>"))
            }
        }
    }

    @Test func `a binary property list is shown and edited in XML, and stays binary`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                let profiles = MemcachedDict<Profile>(
                    screen.fleet.client,
                    keyPrefix: "profiles",
                    codec: PropertyListCodec<Profile>.propertyList()
                )
                try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
                let before = try #require(server.item(forKey: "profiles:ada"))
                #expect(before.value.starts(with: "bplist".utf8))
                let browser = TestBrowser(screen)
                let page = try await browser.open("/keys?prefix=profiles&key=ada")
                #expect(page.contains("<dt>Codec</dt><dd>plist</dd>"))
                for element in [("key", "name"), ("string", "Ada"), ("key", "visits"), ("integer", "1")] {
                    #expect(page.contains("&lt;\(element.0)&gt;\(element.1)&lt;/\(element.0)&gt;"), "\(element)")
                }
                #expect(!page.contains("in hexadecimal</label>") && !page.contains("bplist"))
                let list = "<dict><key>name</key><string>Grace</string>\r\n<key>visits</key><integer>2</integer></dict>"
                let edited = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<plist version=\"1.0\">\(list)</plist>"
                let stored = try await browser.submit("/keys/save", ["value": edited])
                #expect(stored.contains("The value is stored."))
                let after = try #require(server.item(forKey: "profiles:ada"))
                #expect(after.value.starts(with: "bplist".utf8) && after.flags == before.flags)
                let profile = try await profiles["ada"]
                #expect(profile?.name == "Grace" && profile?.visits == 2)
            }
        }
    }

    @Test func `a property list in XML is laid out above the field, which has it as it is`() async throws {
        try await TestScreen.with { (screen) async throws in
            let lists = MemcachedDict<[String: Int]>(
                screen.fleet.client,
                keyPrefix: .none,
                codec: PropertyListCodec<[String: Int]>.propertyList(.xml)
            )
            try await lists.store(["visits": 1], forKey: "k")
            let browser = TestBrowser(screen)
            let note = "As it is laid out here; the field has it as it is stored"
            let members = "\t&lt;key&gt;visits&lt;/key&gt;\n\t&lt;integer&gt;1&lt;/integer&gt;\n"
            let laidOut = "&lt;dict&gt;\n\(members)&lt;/dict&gt;"
            let once = try await browser.open("/keys?key=k")
            #expect(once.contains("\(laidOut)\n&lt;/plist&gt;\n</textarea>"))
            #expect(!once.contains("<pre") && !once.contains(note))
            let item = try #require(try await screen.fleet.client.get("k"))
            let line = "<plist version=\"1.0\"><dict><key>visits</key><integer>1</integer></dict></plist>"
            _ = try await screen.fleet.client.set("k", to: ByteBuffer(string: line), flags: item.flags)
            let page = try await browser.open("/keys?key=k")
            #expect(page.contains(note) && page.contains("\(laidOut)\n&lt;/plist&gt;\n</pre>"))
            #expect(page.contains("&lt;plist version=&quot;1.0&quot;&gt;&lt;dict&gt;&lt;key&gt;visits"))
            // What is none is as it is.
            _ = try await screen.fleet.client.set("k", to: ByteBuffer(string: "<plist><dict>"), flags: item.flags)
            let broken = try await browser.open("/keys?key=k")
            #expect(broken.contains("&lt;plist&gt;&lt;dict&gt;") && !broken.contains(note))
        }
    }

    @Test func `a binary property list that XML can't hold is shown in XML all the same`() async throws {
        try await TestScreen.with { (screen) async throws in
            let list = try PropertyListSerialization.data(
                fromPropertyList: [Date(timeIntervalSinceReferenceDate: 0.5)],
                format: .binary,
                options: 0
            )
            let stored = try FlagsConvention.native.pack(
                EncodedValue(bytes: ByteBuffer(bytes: list), format: .binaryPropertyList)
            )
            _ = try await screen.fleet.client.set("k", to: stored.bytes, flags: stored.flags)
            let page = try await TestBrowser(screen).open("/keys?prefix=&key=k")
            #expect(page.contains("A binary property list, shown in XML, which can&#39;t hold fractions of a second"))
            #expect(page.contains("&lt;date&gt;2001-01-01T00:00:00Z&lt;/date&gt;"))
            // Edited it is in what holds all of it.
            #expect(page.contains(HexText.text(of: list) + "</textarea>"))
        }
    }

    @Test func `on a server that keeps no versions, a first value that comes too late is given back`() async throws {
        var options = MemcachedTestServer.Configuration()
        options.isCASEnabled = false
        try await withMemcachedTestServer(options) { (server) async throws in
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                let browser = TestBrowser(screen)
                try await browser.open("/keys?prefix=&key=k")
                _ = try await screen.fleet.client.set("k", to: ByteBuffer(string: "theirs"))
                let late = try await browser.submit("/keys/save", ["value": "\"mine\"", "codec": "json"])
                #expect(late.status == 409)
                #expect(late.contains("Somebody has stored a value since this page was made, and yours is not stored."))
                #expect(late.contains("theirs</pre>") && late.contains("its server keeps no versions (-C)"))
                #expect(late.contains("What you have written") && late.contains("&quot;mine&quot;</textarea>"))
                #expect(!late.contains("action=\"/keys/save\""))
                #expect(server.item(forKey: "k")?.value == Array("theirs".utf8))
            }
        }
    }

    @Test(arguments: [(Array("theirs".utf8), "theirs</pre>"), ([0, 255], "00000000  00 ff")] as [([UInt8], String)])
    func `a value of a server that keeps no versions is shown, and can't be edited`(
        bytes: [UInt8],
        shown: String
    ) async throws {
        var options = MemcachedTestServer.Configuration()
        options.isCASEnabled = false
        try await withMemcachedTestServer(options) { (server) async throws in
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                _ = try await screen.fleet.client.set("k", to: ByteBuffer(bytes: bytes))
                let browser = TestBrowser(screen)
                let page = try await browser.open("/keys?prefix=&key=k")
                #expect(page.contains("<dt>Version (CAS)</dt><dd>0</dd>"))
                #expect(page.contains(shown))
                #expect(
                    page.contains(
                        "The value can't be edited here: its server keeps no versions (-C), so that a change of another "
                            + "writer could be lost</p>"
                    )
                )
                #expect(!page.contains("<textarea") && !page.contains("action=\"/keys/save\""))
                // Not by a form of somebody's own either, nor by that which answers it.
                for _ in 0..<2 {
                    let refused = try await browser.submit("/keys/save", ["value": "61"])
                    #expect(!refused.contains("The value is stored.") && refused.contains("keeps no versions (-C)"))
                    #expect(server.item(forKey: "k")?.value == bytes)
                }
            }
        }
    }
}
#endif
