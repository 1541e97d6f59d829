#if Management
import Foundation
import Memcached
import MemcachedTesting
import MemcachedTooling
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// The key explorer.
@Suite(.fewAtATime) struct KeysPagesTests {
    private struct Profile: Codable, Sendable {
        var name: String
        var visits: Int
    }

    private func profiles(_ screen: TestScreen, compressed: Bool = false) -> MemcachedDict<Profile> {
        let codec: any ValueCodec<Profile> = compressed ? .json().compressed(above: 0) : .json()
        return MemcachedDict<Profile>(screen.fleet.client, keyPrefix: "profiles", codec: codec)
    }

    @Test func `an item is shown with what is known of it`() async throws {
        try await TestScreen.with { (screen) async throws in
            try await profiles(screen).store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let page = try await TestBrowser(screen).open("/keys?prefix=profiles&key=ada")
            #expect(page.contains("<code>profiles:ada</code>"))
            #expect(page.contains("<dd>json</dd>"))
            #expect(page.contains("It is the only server."))
            #expect(page.contains("    &quot;name&quot;: &quot;Ada&quot;"))
            #expect(page.contains("<dt>Version (CAS)</dt>"))
        }
    }

    @Test(arguments: [true, false])
    func `an edited value is stored as it was stored, and a dictionary reads it`(isCompressed: Bool) async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen, compressed: isCompressed)
            let name = String(repeating: "Ada", count: 200)
            try await profiles.store(Profile(name: name, visits: 1), forKey: "ada")
            let before = try #require(try await screen.fleet.client.get("profiles:ada"))
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=profiles&key=ada")
            let edited = "{\r\n    \"name\": \"\(name)\",\r\n    \"visits\": 2\r\n}"
            let page = try await browser.submit("/keys/save", ["value": edited, "lifetime": "12h"])
            #expect(page.contains("The value is stored."))
            #expect(try await profiles["ada"]?.visits == 2)
            let after = try #require(try await screen.fleet.client.get("profiles:ada"))
            #expect(after.flags == before.flags)
            if !isCompressed { #expect(after.value.readableBytes == before.value.readableBytes) }
        }
    }

    @Test func `a value is as large as its dictionary's settings let it be`() async throws {
        let settings = #"{"servers": ["127.0.0.1:1"], "dictionaries": {"profiles": {"largestValue": 30}}}"#
        try await withMemcachedTestServer { (server) async throws in
            let text = settings.replacing("127.0.0.1:1", with: "\(server.address)")
            try await TestScreen.with(text) { (screen) async throws in
                let browser = TestBrowser(screen)
                for (prefix, place) in [
                    ("profiles", "prefix=profiles&key=ada"), ("profiles", "prefix=&key=profiles:ada"),
                    ("others", "prefix=others&key=ada"),
                ] {
                    try await browser.open("/keys?\(place)")
                    let value = "\"\(String(repeating: "a", count: 29))\""
                    let page = try await browser.submit("/keys/save", ["value": value, "codec": "json"])
                    let isRefused = prefix == "profiles"
                    #expect(page.status == (isRefused ? 422 : 200))
                    let words = "It has 31 bytes as it is stored; the settings allow 30 at most."
                    #expect(page.contains(words) == isRefused)
                    #expect((server.item(forKey: "\(prefix):ada") == nil) == isRefused)
                }
            }
        }
    }

    @Test func `another writer in between is a conflict that shows both`() async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen)
            try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=profiles&key=ada")
            try await profiles.store(Profile(name: "Grace", visits: 9), forKey: "ada")
            let mine = #"{"name":"Ada","visits":2}"#
            let conflict = try await browser.submit("/keys/save", ["value": mine])
            #expect(conflict.status == 409)
            #expect(
                conflict.contains("&quot;visits&quot;:2") && conflict.contains("&quot;name&quot;: &quot;Grace&quot;")
            )
            #expect(try await profiles["ada"]?.visits == 9)
            // Whoever has seen theirs may replace it.
            #expect(try await browser.submit("/keys/save", ["value": mine]).contains("The value is stored."))
            #expect(try await profiles["ada"]?.name == "Ada")
        }
    }

    @Test func `a form that is sent twice has stored its value`() async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen)
            try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let (browser, other) = (TestBrowser(screen), TestBrowser(screen))
            for each in [browser, other] { try await each.open("/keys?prefix=profiles&key=ada") }
            let mine = #"{"name":"Ada","visits":2}"#
            #expect(try await browser.submit("/keys/save", ["value": mine]).contains("The value is stored."))
            let version = try await profiles.entry(forKey: "ada")?.version
            let again = try await other.submit("/keys/save", ["value": mine, "lifetime": "60"])
            #expect(again.status == 200)
            #expect(again.contains("This value is stored already, by this form or by somebody else"))
            #expect(try await profiles.entry(forKey: "ada")?.version == version)
        }
    }

    @Test func `what couldn't be stored can't overwrite unseen when it is sent again`() async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen)
            try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=profiles&key=ada")
            let wrong = try await browser.submit("/keys/save", ["value": #"{"name": "#, "lifetime": "soon"])
            #expect(wrong.status == 422)
            #expect(wrong.contains("It isn&#39;t what the value&#39;s codec reads"))
            #expect(wrong.contains("A lifetime is a number of seconds"))
            #expect(wrong.contains("{&quot;name&quot;: </textarea>"))
            try await profiles.store(Profile(name: "Grace", visits: 9), forKey: "ada")
            #expect(try await browser.submit("/keys/save", ["value": #"{"name":"Ada","visits":2}"#]).status == 409)
            #expect(try await profiles["ada"]?.name == "Grace")
        }
    }

    @Test func `an item that is gone is stored anew only when asked`() async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen)
            try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=profiles&key=ada")
            try await profiles.removeValue(forKey: "ada")
            let gone = try await browser.submit("/keys/save", ["value": #"{"name":"Ada","visits":2}"#])
            #expect(gone.status == 409 && gone.contains("is gone since you opened it"))
            #expect(try await profiles["ada"] == nil)
            try await browser.submit("/keys/save", ["value": #"{"name":"Ada","visits":2}"#])
            #expect(try await profiles["ada"]?.visits == 2)
        }
    }

    @Test func `a first value is stored with a codec, unless there is one by then`() async throws {
        try await TestScreen.with { (screen) async throws in
            let browser = TestBrowser(screen)
            let missing = try await browser.open("/keys?prefix=&key=greeting")
            #expect(missing.contains("Nothing is stored under this key"))
            let fields = ["value": "hello", "codec": "text", "lifetime": ""]
            #expect(try await browser.submit("/keys/save", ["value": "hello", "codec": "integer"]).status == 422)
            #expect(try await browser.submit("/keys/save", fields).contains("The value is stored."))
            let greetings = MemcachedDict<String>(screen.fleet.client, keyPrefix: .none, codec: .text())
            #expect(try await greetings["greeting"] == "hello")
            try await browser.open("/keys?prefix=&key=other")
            try await greetings.store("theirs", forKey: "other")
            #expect(try await browser.submit("/keys/save", fields).status == 409)
            #expect(try await greetings["other"] == "theirs")
        }
    }

    @Test func `an item is deleted once that is confirmed, and never another version of it`() async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen)
            try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let browser = TestBrowser(screen)
            #expect(
                try await browser.open("/keys/delete?prefix=profiles&key=ada").contains(
                    "Delete &#39;profiles:ada&#39;?"
                )
            )
            #expect(try await profiles["ada"] != nil)
            try await profiles.store(Profile(name: "Ada", visits: 2), forKey: "ada")
            #expect(try await browser.submit("/keys/delete", [:]).status == 409)
            #expect(try await profiles["ada"]?.visits == 2)
            try await browser.open("/keys/delete?prefix=profiles&key=ada")
            #expect(try await browser.submit("/keys/delete", [:]).contains("The item is deleted."))
            #expect(try await profiles["ada"] == nil)
        }
    }

    @Test(arguments: ["a\nb", "a\r\nb", "a\0b"])
    func `a key that no field can hold is deleted, and no other`(key: String) async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            let keys = Set([key, "ab", "a\r\nb", "a\u{fffd}b"])
            for key in keys { _ = try await client.set(key, to: ByteBuffer(string: "v")) }
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=&key=\(key.inQuery)")
            // As the page's form does.
            let form = try #require(await browser.page.text.components(separatedBy: #"action="/keys/delete""#).last)
            let fields = form.prefix(upTo: try #require(form.range(of: "</form>")).lowerBound)
            #expect(fields.components(separatedBy: "name=").count == 2, "\(fields)")
            let start = try #require(fields.range(of: #"name="ticket" value=""#))
            let ticket = fields[start.upperBound...].prefix { $0 != "\"" }
            try await browser.open("/keys/delete?ticket=\(ticket)")
            #expect(try await browser.submit("/keys/delete", [:]).status == 200)
            for other in keys {
                #expect((try await client.get(other) == nil) == (other == key), "\(other.debugDescription)")
            }
        }
    }

    @Test func `what somebody has written is given back by the page that is too old to store it`() async throws {
        try await TestScreen.with { (screen) async throws in
            let (browser, other) = (TestBrowser(screen), TestBrowser(screen))
            try await browser.open("/keys?prefix=&key=k")
            for number in 0..<250 { try await other.open("/keys?prefix=&key=other\(number)") }
            let written = ["value": "\"mine\"", "codec": "json"]
            let page = try await browser.submit("/keys/save", written)
            #expect(page.status == 410 && page.contains("&quot;mine&quot;</textarea>"))
            // Where a question was in between, too.
            try await browser.open("/keys?prefix=&key=k")
            let question = try await browser.submit("/keys/save", written.merging(["lifetime": "1"]) { $1 })
            #expect(question.contains("It is over within a second then"))
            for number in 0..<250 { try await other.open("/keys?prefix=&key=other\(number)") }
            let late = try await browser.submit("/keys/save", ["answer": "yes"])
            #expect(late.status == 410 && late.contains("&quot;mine&quot;</textarea>"))
            #expect(try await screen.fleet.client.get("k") == nil)
        }
    }

    @Test func `no form but that of the question deletes`() async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen)
            try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=profiles&key=ada")
            #expect(try await browser.submit("/keys/delete", ["answer": "yes"]).status == 410)
            #expect(try await profiles["ada"] != nil)
        }
    }

    @Test func `a new expiration is set`() async throws {
        try await TestScreen.with { (screen) async throws in
            try await profiles(screen).store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=profiles&key=ada")
            #expect(try await browser.submit("/keys/touch", ["lifetime": "never ever"]).status == 422)
            for number in ["-5", "99999999999"] {
                let wrong = try await browser.submit("/keys/touch", ["lifetime": number])
                #expect(wrong.status == 422)
                #expect(wrong.contains("A lifetime is a number of seconds from 0 to 4,000,000,000"))
            }
            #expect(
                try await browser.submit("/keys/touch", ["lifetime": "15m"]).contains("The item has a new expiration.")
            )
        }
    }

    @Test(arguments: ["0.5", "1s"], ["touch", "save"])
    func `an expiration that ends the item at once is confirmed`(lifetime: String, action: String) async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen)
            try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let browser = TestBrowser(screen)
            let path = "/keys/\(action)"
            try await browser.open("/keys?prefix=profiles&key=ada")
            let fields = ["lifetime": lifetime, "value": #"{"name":"Ada","visits":2}"#]
            let question = try await browser.submit(path, fields)
            #expect(question.contains("<button name=\"answer\" value=\"yes\""))
            #expect(question.contains("&#39;profiles:ada&#39;"))
            #expect(question.contains(lifetime == "0.5" ? " 500.0 ms?" : " 1.0 s?"))
            let refused = try await browser.submit(path, ["answer": "no"])
            #expect(refused.status == 200)
            #expect(refused.contains("value=\"\(lifetime)\""))
            #expect(try await profiles["ada"]?.visits == 1)
            try await browser.submit(path, fields)
            let done = try await browser.submit(path, ["answer": "yes"])
            #expect(done.contains(action == "touch" ? "The item has a new expiration." : "The value is stored."))
        }
    }

    @Test(arguments: ["touch", "save"])
    func `what somebody else has stored since the question doesn't end`(action: String) async throws {
        try await TestScreen.with { (screen) async throws in
            let profiles = profiles(screen)
            try await profiles.store(Profile(name: "Ada", visits: 1), forKey: "ada")
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=profiles&key=ada")
            let fields = ["lifetime": "0.5", "value": #"{"name":"Ada","visits":2}"#]
            try await browser.submit("/keys/\(action)", fields)
            try await profiles.store(Profile(name: "Grace", visits: 9), forKey: "ada")
            let page = try await browser.submit("/keys/\(action)", ["answer": "yes"])
            #expect(page.status == 409)
            #expect(page.contains("Somebody has stored another value") && page.contains("Grace"))
            // An item that ends within a second is gone by then.
            try await Task.sleep(for: .milliseconds(2_100))
            #expect(try await profiles["ada"]?.name == "Grace")
        }
    }

    @Test func `a long key is looked up under its hashed key`() async throws {
        let text = #"{"dictionaries": {"profiles": {"longestKey": 100}}}"#
        try await TestScreen.with(text) { (screen) async throws in
            let profiles = MemcachedDict<Profile>(
                screen.fleet.client,
                keyPrefix: "profiles",
                codec: .json(),
                longKeys: .hash
            )
            let browser = TestBrowser(screen)
            for count in [100, 300] {
                let key = String(repeating: "k", count: count)
                try await profiles.store(Profile(name: "Ada", visits: count), forKey: key)
                let page = try await browser.open("/keys?prefix=profiles&key=\(key)")
                #expect(page.contains("&quot;visits&quot;: \(count)"))
                #expect(page.contains("it is stored under the hashed key profiles#"))
                #expect(page.contains("It is the only server."))
                try await browser.submit("/keys/save", ["value": #"{"name":"Ada","visits":2}"#])
                #expect(try await profiles[key]?.visits == 2)
            }
            // As it is written, without a prefix.
            let plain = try await browser.open("/keys?prefix=&key=profiles%3A\(String(repeating: "k", count: 100))")
            #expect(plain.contains("Nothing is stored under this key"))
            #expect(!plain.contains("hashed key"))
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"\u{301} autofocus onfocus=alert(1) x=\"",
        "</textarea><img src=x onerror=alert(1)>",
        "{{#frame}}{{token}}{{/frame}}", "&lt;",
    ])
    func `neither a key nor a value is ever HTML`(text: String) async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            _ = try await client.set("k", to: ByteBuffer(string: text))
            let browser = TestBrowser(screen)
            let asKey = TestBrowser.encoded(text)
            for path in [
                "/keys?prefix=&key=k", "/keys?prefix=&key=\(asKey)", "/keys?prefix=\(asKey)&key=k",
                "/keys/delete?prefix=&key=\(asKey)",
            ] {
                let page = try await browser.open(path)
                #expect(!page.contains("<script>alert"))
                #expect(!page.contains("<img"))
                // As it would end an attribute: by scalars, since the text is compared by characters otherwise.
                let scalars = Array(page.text.unicodeScalars)
                #expect(!zip(scalars, scalars.dropFirst()).contains { $0 == "\"" && $1 == "\u{301}" })
            }
            #expect(try await browser.open("/keys?prefix=&key=k").contains(MarkupText().escapeText(text)))
        }
    }

    @Test func `what a form doesn't take is told in the screen's words`() async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            let texts = MemcachedDict<String>(client, keyPrefix: .none, codec: .text())
            try await texts.store(String(repeating: "x", count: 900_000), forKey: "text")
            _ = try await client.set("bytes", to: ByteBuffer(repeating: 0xff, count: 100_000))
            let browser = TestBrowser(screen)
            for (key, words) in [
                ("text", "it has 900,000 bytes, and a form takes at most 262,144 bytes of text"),
                ("bytes", "it has 100,000 bytes, and a form takes at most 87,381 bytes in hexadecimal"),
            ] {
                let page = try await browser.open("/keys?prefix=&key=\(key)")
                #expect(page.contains("The value can't be edited here: \(words)"), "\(key)")
                #expect(!page.contains("notEncodable") && !page.contains("--codec"))
            }
        }
    }

    @Test func `JSON that no form takes is laid out all the same, as far as it is shown`() async throws {
        try await TestScreen.with { (screen) async throws in
            let texts = Array(repeating: "\"\u{e9}\u{e9}\u{e9}\"", count: 40_000).joined(separator: ",")
            let json = ByteBuffer(string: "{\"list\":[\(texts)]}")
            let stored = try FlagsConvention.native.pack(EncodedValue(bytes: json, format: .json))
            _ = try await screen.fleet.client.set("long", to: stored.bytes, flags: stored.flags)
            let page = try await TestBrowser(screen).open("/keys?prefix=&key=long")
            #expect(page.contains("{\n    &quot;list&quot;: [\n        &quot;\u{e9}"))
            let size = json.readableBytes.grouped
            #expect(page.contains("The first 262,144 bytes as they are laid out here, of a value of \(size) bytes"))
            #expect(!page.contains("\u{fffd}"))
        }
    }

    @Test func `what was written stays where it can't be stored`() async throws {
        try await TestScreen.with { (screen) async throws in
            let client = screen.fleet.client
            let text = try FlagsConvention.native.pack(TextCodec.text().encode("theirs"))
            _ = try await client.set("k", to: text.bytes, flags: text.flags)
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=&key=k")
            let token = await browser.hidden("token")
            // What is there now can't be edited in a form.
            _ = try await client.set("k", to: ByteBuffer(repeating: 0xff, count: FormText.hexLimit + 1))
            let page = try await browser.submit("/keys/save", ["value": "mine", "lifetime": "soon"])
            #expect(page.contains("<textarea id=\"kept\"") && page.contains("mine</textarea>"))
            let old = try await browser.submit("/keys/save", ["ticket": "none", "value": "mine"], token: token)
            #expect(old.status == 410 && old.contains("mine</textarea>"))
        }
    }

    @Test func `a line end at the end is stored`() async throws {
        try await TestScreen.with { (screen) async throws in
            let text = try FlagsConvention.native.pack(TextCodec.text().encode("one"))
            _ = try await screen.fleet.client.set("k", to: text.bytes, flags: text.flags)
            let browser = TestBrowser(screen)
            try await browser.open("/keys?prefix=&key=k")
            try await browser.submit("/keys/save", ["value": "one\r\n"])
            let item = try await screen.fleet.client.get("k")
            #expect(item?.value == ByteBuffer(string: "one\n"))
        }
    }

    @Test func `JSON that is deep is shown without taking all memory`() async throws {
        try await TestScreen.with { (screen) async throws in
            let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
            let stored = try FlagsConvention.native.pack(
                EncodedValue(bytes: ByteBuffer(string: deep), format: .json)
            )
            _ = try await screen.fleet.client.set("deep", to: stored.bytes, flags: stored.flags)
            let page = try await TestBrowser(screen).open("/keys?prefix=&key=deep")
            #expect(page.status == 200)
            #expect(page.text.utf8.count < 1_000_000)
        }
    }

    @Test func `a wrong name is explained at its field, and an old form is none`() async throws {
        try await TestScreen.with { (screen) async throws in
            let browser = TestBrowser(screen)
            #expect(try await browser.open("/keys?prefix=a:b&key=k").contains("aria-describedby=\"key-problem\""))
            #expect(try await browser.open("/keys?prefix=a&key=").contains("Which key?"))
            let long = String(repeating: "k", count: 251)
            #expect(
                try await browser.open("/keys?prefix=\(long)&key=\(long)").contains("aria-describedby=\"key-problem\"")
            )
            try await browser.open("/keys?prefix=&key=fresh")
            #expect(try await browser.submit("/keys/save", ["ticket": "none", "value": "x"]).status == 410)
        }
    }

    @Test func `a server that is down is no missing item`() async throws {
        try await TestScreen.with(#"{"servers": ["127.0.0.1:1"], "timeout": 0.2}"#) { (screen) async throws in
            let browser = TestBrowser(screen)
            let page = try await browser.open("/keys?prefix=&key=k")
            #expect(page.status == 502)
            #expect(page.contains("The item can't be read."))
            #expect(!page.contains("Nothing is stored"))
        }
    }

    @Test func `of an item whose server is down it is told where it would be, and why`() async throws {
        let settings = #"{"servers": ["127.0.0.1:1", "127.0.0.1:2"], "timeout": 0.2}"#
        try await TestScreen.with(settings) { (screen) async throws in
            let page = try await TestBrowser(screen).open("/keys?prefix=profiles&key=ada")
            let owner = try screen.fleet.client.server(for: "profiles:ada").server.address
            #expect(page.status == 502 && page.contains("The item can't be read."))
            #expect(page.contains("<code>profiles:ada</code>"))
            #expect(page.contains("<dt>Server</dt><dd>\(owner)</dd>"))
            #expect(page.contains("The key&#39;s MD5 puts it at 0x"))
        }
    }
}
#endif
