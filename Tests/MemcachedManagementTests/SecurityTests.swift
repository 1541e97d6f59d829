#if Management
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Memcached
import MemcachedTooling
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// Who gets in, and what is refused.
@Suite(.fewAtATime) struct SecurityTests {
    @Test func `a password is known again, and no other`() throws {
        let hash = try PasswordHash(of: "correct horse", rounds: 1 << 14)
        let read = PasswordHash(try #require(PasswordHashText(hash.text)))
        #expect(read == hash)
        #expect(read.matches("correct horse"))
        #expect(!read.matches("correct horsE"))
        #expect(!read.matches(""))
        #expect(try PasswordHash(of: "correct horse", rounds: 1 << 14).text != hash.text)
        #expect(!hash.text.contains("horse"))
    }

    @Test(arguments: [
        "", "scrypt", "plain:1:1:1:AAAA:AAAA", "scrypt:1024:8:1:AAAAAAAAAAAAAAAAAAAAAA==:AAAA",
        // Too little work, and too much.
        "scrypt:1024:8:1:AAAAAAAAAAAAAAAAAAAAAA==:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "scrypt:16777216:64:1:AAAAAAAAAAAAAAAAAAAAAA==:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        // What couldn't be derived.
        "scrypt:16384:32:1:AAAAAAAAAAAAAAAAAAAAAA==:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "scrypt:131072:1:1:AAAAAAAAAAAAAAAAAAAAAA==:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "scrypt:131071:8:1:AAAAAAAAAAAAAAAAAAAAAA==:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "scrypt:9223372036854775807:8:1:AAAAAAAAAAAAAAAAAAAAAA==:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ])
    func `what is no hash, or an unreasonable one, is none`(text: String) {
        #expect(PasswordHashText(text) == nil)
    }

    @Test(arguments: [(8_192, 16, 1), (8_192, 17, 2), (2_048, 64, 2), (65_536, 2, 16)])
    func `whatever is a hash can be derived`(rounds: Int, blockSize: Int, parallelism: Int) throws {
        let salt = Data(count: 16)
        let parts = PasswordHashText(
            rounds: rounds,
            blockSize: blockSize,
            parallelism: parallelism,
            salt: salt,
            key: try PasswordHash.derived("correct horse", salt, rounds, blockSize, parallelism)
        )
        #expect(PasswordHash(try #require(PasswordHashText(parts.text))).matches("correct horse"))
    }

    @Test func `sessions end when they are idle, and have a bound`() {
        let clock = TestClock()
        let sessions = BrowserSessions(gate: PasswordGate(), idleTime: .seconds(60)) { clock.now }
        let first = sessions.begin(isAuthenticated: true, under: .open)
        clock.advance(by: .seconds(59))
        #expect(sessions.session(first.identifier) != nil)
        clock.advance(by: .seconds(59))
        #expect(sessions.session(first.identifier)?.isAuthenticated == true)
        clock.advance(by: .seconds(60))
        #expect(sessions.session(first.identifier) == nil)
        let inside = sessions.begin(isAuthenticated: true, under: .open)
        let outside = sessions.begin(isAuthenticated: false, under: .open)
        clock.advance(by: .seconds(1))
        for _ in 0..<BrowserSessions.maximum { _ = sessions.begin(isAuthenticated: false, under: .open) }
        #expect(!sessions.isOpen(outside.identifier))
        // Nobody is thrown out by somebody who isn't inside.
        #expect(sessions.isOpen(inside.identifier))
    }

    @Test(arguments: [
        ("localhost:8080", "localhost"), ("LOCALHOST", "localhost"), ("[::1]:80", "[::1]"), ("127.0.0.1", "127.0.0.1"),
        ("localhost.evil.example:8080", "localhost.evil.example"), ("", ""),
    ])
    func `a name is told from its port`(authority: String, name: String) {
        #expect(HostGuard<ManagementContext>.name(in: authority) == name)
    }

    @Test func `every answer has the headers that keep a page to itself`() async throws {
        try await TestScreen.with { (screen) async throws in
            let browser = TestBrowser(screen)
            for path in ["/servers", "/keys", "/statistics", "/configure", "/assets/style.css", "/nowhere"] {
                let page = try await browser.open(path)
                let policy = page.headers[.contentSecurityPolicy] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"), "\(path)")
                #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
                #expect(page.headers[.xContentTypeOptions] == "nosniff")
                #expect(!page.contains(" style=") && !page.contains(" onclick="))
            }
            #expect(try await browser.open("/nowhere").status == 404)
        }
    }

    @Test(arguments: [
        "/servers", "/servers/live", "/keys?prefix=&key=k", "/configure", "/assets/style.css", "/assets/screen.js",
        "/metrics",
        "/nowhere", "/", "/keys/save",
    ])
    func `HEAD answers as GET does, without a body`(path: String) async throws {
        try await TestScreen.with { (screen) async throws in
            func response(_ method: HTTPRequest.Method) async throws -> (response: Response, text: String) {
                let request = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
                return try await screen.respond(to: request, readingBody: path != "/servers/live" || method == .head)
            }
            let (get, head) = (try await response(.get), try await response(.head))
            #expect(head.response.status == get.response.status)
            #expect(head.text.isEmpty)
            for name in [HTTPField.Name.contentType, .cacheControl, .location, .contentSecurityPolicy] {
                #expect(head.response.headers[name] == get.response.headers[name], "\(name)")
            }
            // Of the pages it may differ by a digit of a ticket.
            if path.hasPrefix("/assets") {
                #expect(head.response.headers[.contentLength] == "\(get.text.utf8.count)")
            }
        }
    }

    @Test func `HEAD shows no more than GET before the password, and leads where it does`() async throws {
        let access = Access(gate: PasswordGate(try PasswordHash(of: "open sesame", rounds: 1 << 14)))
        try await TestScreen.with(access: access, names: nil) { (screen) async throws in
            let head = HTTPRequest(method: .head, scheme: "http", authority: "localhost", path: "/servers/live")
            let response = try await screen.respond(to: head).response
            #expect(response.status == .seeOther)
            #expect(response.headers[.location] == "/login")
        }
    }

    @Test(arguments: [100, 10_000])
    func `a form of a session that has ended is refused as that, and given back`(size: Int) async throws {
        try await TestScreen.with { (screen) async throws in
            let written = String(repeating: "x", count: size)
            // A browser whose session isn't known any more.
            let page = try await TestBrowser(screen).submit("/keys/save", ["value": written], token: "of another")
            #expect(page.status == 403 && page.contains("The form is not of this session, which may have ended"))
            #expect(page.contains(">\n\(written)</textarea>"))
        }
    }

    @Test func `of somebody who isn't inside no long form is read`() async throws {
        let access = Access(gate: PasswordGate(try PasswordHash(of: "open sesame", rounds: 1 << 14)))
        try await TestScreen.with(access: access, names: nil) { (screen) async throws in
            let written = ["value": String(repeating: "x", count: 10_000)]
            let page = try await TestBrowser(screen).submit("/keys/save", written, token: "of another session")
            #expect(page.status == 403 && page.contains("The form is not of this session, which may have ended"))
            #expect(!page.contains("xxxx"))
            let login = try await TestBrowser(screen).submit("/login", written, token: "")
            #expect(login.status == 413 && login.contains("That is more than this form may hold."))
        }
    }

    @Test func `a page of another name is refused`() async throws {
        try await TestScreen.with { (screen) async throws in
            let browser = TestBrowser(screen)
            let page = try await browser.open("/servers", host: "evil.example:8080")
            #expect(page.status == 421)
            #expect(page.contains("--name adds another name"))
            #expect(try await browser.open("/servers", host: "127.0.0.1:8080").status == 200)
        }
    }

    @Test func `another site can lead here, and load nothing`() async throws {
        try await TestScreen.with { (screen) async throws in
            func status(_ mode: String) async throws -> Int {
                var request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/servers")
                request.headerFields[.fetchSite] = "cross-site"
                request.headerFields[.fetchMode] = mode
                return try await screen.respond(to: request).response.status.code
            }
            #expect(try await status("navigate") == 200)
            #expect(try await status("no-cors") == 403)
        }
    }

    @Test func `a form of another site or without the token does nothing`() async throws {
        try await TestScreen.with { (screen) async throws in
            _ = try await screen.fleet.client.set("kept", to: ByteBuffer(string: "value"))
            let browser = TestBrowser(screen)
            try await browser.open("/statistics/flush")
            let fields = ["server": "", "word": "flush all"]
            #expect(try await browser.submit("/statistics/flush", fields, token: "wrong").status == 403)
            try await browser.open("/statistics/flush")
            #expect(
                try await browser.submit("/statistics/flush", fields, headers: [.origin: "http://evil.example"]).status
                    == 403
            )
            try await browser.open("/statistics/flush")
            #expect(
                try await browser.submit("/statistics/flush", fields, headers: [.fetchSite: "cross-site"]).status == 403
            )
            // Another session's token.
            let other = TestBrowser(screen)
            try await other.open("/statistics/flush")
            let stolen = await other.hidden("token")
            try await browser.open("/statistics/flush")
            #expect(try await browser.submit("/statistics/flush", fields, token: stolen).status == 403)
            #expect(try await screen.fleet.client.get("kept") != nil)
        }
    }

    @Test func `with a password nothing is shown before it`() async throws {
        let access = Access(gate: PasswordGate(try PasswordHash(of: "open sesame", rounds: 1 << 14)))
        try await TestScreen.with(access: access, names: nil) { (screen) async throws in
            let browser = TestBrowser(screen)
            for path in ["/servers", "/keys?key=a", "/statistics", "/configure", "/servers/live"] {
                #expect(try await browser.open(path).contains("<h1>Log in</h1>"), "\(path)")
            }
            #expect(try await browser.submit("/configure", ["action": "save"]).status == 401)
            try await browser.open("/login")
            let before = await browser.cookieHeader
            let wrong = try await browser.submit("/login", ["password": "open"])
            #expect(wrong.status == 401)
            #expect(wrong.contains("That isn&#39;t the password."))
            #expect(try await browser.submit("/login", ["password": "open sesame"]).contains("<h1>Servers</h1>"))
            #expect(await browser.cookieHeader != before)
            #expect(try await browser.open("/keys").contains("Log out"))
            #expect(try await browser.submit("/logout", [:]).contains("<h1>Log in</h1>"))
            #expect(try await browser.open("/servers").contains("<h1>Log in</h1>"))
        }
    }

    @Test func `read-only, nothing is changed and nothing offers to`() async throws {
        try await TestScreen.with(access: Access(isReadOnly: true)) { (screen) async throws in
            _ = try await screen.fleet.client.set("a", to: ByteBuffer(string: "value"))
            let browser = TestBrowser(screen)
            let item = try await browser.open("/keys?prefix=&key=a")
            #expect(item.contains("value"))
            #expect(!item.contains("<button class=\"main\">Store</button>"))
            #expect(try await browser.submit("/keys/save", ["value": "other"]).status == 403)
            for path in ["/keys/delete?prefix=&key=a", "/statistics/flush?server=", "/statistics/reset?server="] {
                let question = try await browser.open(path)
                #expect(question.status == 403 && !question.contains("class=\"danger\""), "\(path)")
            }
            try await browser.open("/configure")
            #expect(try await browser.submit("/statistics/flush", ["server": "", "word": "flush all"]).status == 403)
            try await browser.open("/configure")
            #expect(try await browser.submit("/configure", ["servers": "a", "action": "save-anyway"]).status == 403)
            #expect(try await screen.fleet.client.get("a")?.value == ByteBuffer(string: "value"))
        }
    }
}
#endif
