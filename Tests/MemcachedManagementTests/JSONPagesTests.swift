#if Management
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// JSON in the key explorer, whoever has stored it.
@Suite(.fewAtATime) struct JSONPagesTests {
    /// As a page has it.
    private static let laidOut = "{\n    &quot;name&quot;: &quot;Ada&quot;,\n    &quot;visits&quot;: 1\n}"

    private static let json: UInt32 = 0x1_0010

    @Test(arguments: [0, 16, json])
    func `on one line it is laid out in the field, and stored on one line again`(flags: UInt32) async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            try await client.set("k", to: ByteBuffer(string: #"{"name":"Ada","visits":1}"#), flags: flags)
            let browser = TestBrowser(screen)
            let page = try await browser.open("/keys?key=k")
            #expect(page.contains("<dd>json</dd>"))
            #expect(page.contains("\n\(Self.laidOut)</textarea>") && !page.contains("<pre"))
            let refused = try await browser.submit("/keys/save", ["value": #"{"name":"Ada""#])
            #expect(refused.status == 422 && refused.contains("It isn&#39;t what the value&#39;s codec reads"))
            let stored = try await browser.submit("/keys/save", ["value": "{\r\n  \"visits\": 2\r\n}"])
            #expect(stored.contains("The value is stored."))
            let item = try await client.get("k")
            #expect(item?.value == ByteBuffer(string: #"{"visits":2}"#) && item?.flags == flags)
        }
    }

    @Test(arguments: ["[1\r\n2]", "[1,\r\n\r\n1 2]", "[tr ue]", "[- 5]", "[1,]"])
    func `white space within a number or a word is no layout`(typed: String) async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            try await client.set("k", to: ByteBuffer(string: "[1,2]"), flags: Self.json)
            let browser = TestBrowser(screen)
            try await browser.open("/keys?key=k")
            let refused = try await browser.submit("/keys/save", ["value": typed])
            #expect(refused.status == 422 && refused.contains("It isn&#39;t what the value&#39;s codec reads"))
            #expect(try await client.get("k")?.value == ByteBuffer(string: "[1,2]"))
        }
    }

    @Test func `of a conflict both are shown as they are stored`() async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            try await client.set("k", to: ByteBuffer(string: #"{"visits": 1}"#), flags: Self.json)
            let browser = TestBrowser(screen)
            try await browser.open("/keys?key=k")
            try await client.set("k", to: ByteBuffer(string: #"{"visits": 9}"#), flags: Self.json)
            let conflict = try await browser.submit("/keys/save", ["value": #"{"visits": 2}"#])
            #expect(conflict.status == 409 && conflict.contains("{&quot;visits&quot;: 9}</pre>"))
            #expect(!conflict.contains("laid out"))
        }
    }

    @Test(arguments: [0, 16, json]) func `a line's end that the value has had stays`(flags: UInt32) async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            try await client.set("k", to: ByteBuffer(string: "{\"a\": 1}\n"), flags: flags)
            let browser = TestBrowser(screen)
            try await browser.open("/keys?key=k")
            #expect(try await browser.submit("/keys/save", ["value": "{\"a\": 2}\r\n"]).status == 200)
            #expect(try await client.get("k")?.value == ByteBuffer(string: "{\"a\": 2}\n"))
        }
    }

    @Test(arguments: [0, 16, json])
    func `with white space of its own it is laid out above the field, which has it as it is`(flags: UInt32) async throws
    {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            let text = #"{"name": "Ada",  "visits": 1}"#
            try await client.set("k", to: ByteBuffer(string: text), flags: flags)
            let browser = TestBrowser(screen)
            let page = try await browser.open("/keys?key=k")
            #expect(page.contains("<dd>json</dd>"))
            #expect(page.contains(">\(Self.laidOut)</pre>"))
            #expect(page.contains("As it is laid out here; the field has it as it is stored"))
            #expect(page.contains("{&quot;name&quot;: &quot;Ada&quot;,  &quot;visits&quot;: 1}</textarea>"))
            let edited = text.replacing("1", with: "2")
            #expect(try await browser.submit("/keys/save", ["value": edited]).contains("The value is stored."))
            #expect(try await client.get("k")?.value == ByteBuffer(string: edited))
        }
    }

    @Test func `laid out as the page does it already, it is shown once`() async throws {
        try await TestScreen.with { (screen) async throws in
            let text = "{\n    \"name\": \"Ada\",\n    \"visits\": 1\n}"
            try await screen.fleet.client.set("k", to: ByteBuffer(string: text), flags: Self.json)
            let page = try await TestBrowser(screen).open("/keys?key=k")
            #expect(page.contains("\n\(Self.laidOut)</textarea>") && !page.contains("<pre"))
        }
    }

    @Test func `what only looks like it is text`() async throws {
        try await TestScreen.with { (screen) async throws in
            try await screen.fleet.client.set("k", to: ByteBuffer(string: "[draft] {1}"))
            let browser = TestBrowser(screen)
            let page = try await browser.open("/keys?key=k")
            #expect(page.contains("<dd>text</dd>") && page.contains("[draft] {1}</textarea>"))
            #expect(try await browser.submit("/keys/save", ["value": "[draft"]).contains("The value is stored."))
        }
    }

    @Test func `the expiration that is configured is in the field, and an empty one is none`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            let settings =
                #"{"servers": ["\#(server.address)"], "expiration": 7.5, "dictionaries": {"p": {"expiration": 60}, "q": {"expiration": "never"}}}"#
            try await TestScreen.with(settings) { (screen) async throws in
                let browser = TestBrowser(screen)
                for (place, value) in [
                    ("prefix=p&key=k", "60"), ("key=k", "8"), ("prefix=q&key=k", ""), ("prefix=r&key=k", "8"),
                    // Written in full, and hashed.
                    ("key=p:k", "60"), ("key=q:p:k", ""), ("key=pk", "8"), ("key=p%23k", "60"),
                ] {
                    let page = try await browser.open("/keys?\(place)")
                    #expect(page.contains("name=\"lifetime\" value=\"\(value)\""), "\(place)")
                }
                for (lifetime, isLeft) in [("60", false), ("", true)] {
                    try await browser.open("/keys?prefix=p&key=k")
                    try await browser.submit("/keys/save", ["value": "1", "lifetime": lifetime, "codec": "json"])
                    server.advanceTime(by: .seconds(61))
                    #expect((server.item(forKey: "p:k") != nil) == isLeft)
                }
            }
        }
    }
}
#endif
