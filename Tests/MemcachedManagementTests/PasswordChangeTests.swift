#if Management
import Foundation
import HTTPTypes
import HummingbirdCore
import Memcached
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// A password that the file of the settings changes while the screen is served.
@Suite(.fewAtATime) struct PasswordChangeTests {
    private static func hash(_ password: String) throws -> PasswordHash {
        try PasswordHash(of: password, rounds: 1 << 14)
    }

    private static func settings(_ hash: PasswordHash?) -> String {
        hash.map { #"{"management": {"passwordHash": "\#($0.text)"}}"# } ?? "{}"
    }

    /// A screen with the password "old", and a browser that has given it.
    private func withOldPassword(
        in file: String = "config.json",
        _ body: @Sendable (TestScreen, TestBrowser) async throws -> Void
    ) async throws {
        // What is JSON is YAML, too.
        try await TestScreen.with(Self.settings(try Self.hash("old")), in: file) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/login")
            #expect(try await browser.submit("/login", ["password": "old"]).contains("<h1>Servers</h1>"))
            try await body(screen, browser)
        }
    }

    private func isInside(_ browser: TestBrowser) async throws -> Bool {
        try await browser.open("/servers").contains("<h1>Servers</h1>")
    }

    private func metrics(_ screen: TestScreen, _ password: String?) async throws -> Int {
        var request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/metrics")
        request.headerFields[.authorization] = password.map {
            "Basic \(Data("prometheus:\($0)".utf8).base64EncodedString())"
        }
        return try await screen.respond(to: request).response.status.code
    }

    @Test func `another password ends the sessions under the old one, and is the one that counts`() async throws {
        try await withOldPassword { (screen, browser) async throws in
            #expect(try await metrics(screen, "old") == 200)
            try await screen.change(Self.settings(try Self.hash("new")))
            #expect(try await metrics(screen, "old") == 401)
            #expect(try await metrics(screen, "new") == 200)
            #expect(try await !isInside(browser))
            #expect(try await browser.submit("/login", ["password": "old"]).status == 401)
            #expect(try await browser.submit("/login", ["password": "new"]).contains("<h1>Servers</h1>"))
        }
    }

    @Test func `a form that is still on its way when its session ends does nothing`() async throws {
        try await withOldPassword { (screen, browser) async throws in
            try await browser.open("/statistics/flush")
            _ = try await screen.fleet.client.set("kept", to: ByteBuffer(string: "value"))
            let new = Self.settings(try Self.hash("new"))
            var fields = ["server": "", "word": "flush all"]
            for name in ["token", "servers"] { fields[name] = await browser.hidden(name) }
            let form = NIOLockedValueBox<ByteBuffer?>(ByteBuffer(string: TestBrowser.encoded(fields)))
            let slow = AsyncThrowingStream<ByteBuffer, any Error>(unfolding: {
                // Asked for it, the screen has found the session already.
                try await screen.change(new)
                return form.withLockedValue { form in
                    defer { form = nil }
                    return form
                }
            })
            var request = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/statistics/flush")
            request.headerFields[.cookie] = await browser.cookieHeader
            let status = try await screen.respond(to: request, body: RequestBody(asyncSequence: slow)).response.status
            #expect(status == .forbidden)
            #expect(try await screen.fleet.client.get("kept") != nil)
        }
    }

    @Test func `other settings end no session`() async throws {
        let hash = try Self.hash("old")
        try await TestScreen.with(Self.settings(hash)) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/login")
            try await browser.submit("/login", ["password": "old"])
            try await screen.change(#"{"timeout": 1, "management": {"passwordHash": "\#(hash.text)"}}"#)
            #expect(try await isInside(browser))
        }
    }

    @Test func `a first password ends the sessions without one`() async throws {
        try await TestScreen.with(Self.settings(nil)) { (screen) async throws in
            let browser = TestBrowser(screen)
            #expect(try await isInside(browser))
            try await screen.change(Self.settings(try Self.hash("new")))
            #expect(try await !isInside(browser))
            #expect(try await metrics(screen, nil) == 401)
        }
    }

    #if YAML
    static let cutOff = [("config.yaml", "timeout: 1\n")]
    #else
    static let cutOff: [(String, String)] = []
    #endif

    @Test(arguments: [("config.json", "{}"), ("config.json", #"{"timeout": 1}"#)] + PasswordChangeTests.cutOff)
    func `a password that is gone from the file holds, and another takes its place`(
        file: String,
        text: String
    ) async throws {
        try await withOldPassword(in: file) { (screen, browser) async throws in
            for _ in 0..<2 { try await screen.change(text) }
            #expect(try await isInside(browser))
            #expect(screen.warnings.filter { $0.hasPrefix("the settings hold no password any more") }.count == 1)
            let other = TestBrowser(screen)
            #expect(try await !isInside(other))
            #expect(try await other.submit("/login", ["password": ""]).status == 401)
            #expect(try await other.submit("/login", ["password": "old"]).contains("<h1>Servers</h1>"))
            #expect(try await metrics(screen, nil) == 401)
            #expect(try await metrics(screen, "old") == 200)
            try await screen.change(Self.settings(try Self.hash("new")))
            for one in [browser, other] { #expect(try await !isInside(one)) }
            #expect(try await browser.submit("/login", ["password": "old"]).status == 401)
            #expect(try await browser.submit("/login", ["password": "new"]).contains("<h1>Servers</h1>"))
        }
    }

    @Test(arguments: ["{", #"{"management": {"passwordHash": "none"}}"#, #"{"management": {"password": "x"}}"#, nil])
    func `a file that is wrong or gone changes no password`(text: String?) async throws {
        try await withOldPassword { (screen, browser) async throws in
            if let text {
                try await screen.change(text)
                #expect(await screen.fleet.settingsProblem != nil)
            } else {
                try FileManager.default.removeItem(atPath: screen.path)
                await screen.fleet.reload()
            }
            #expect(try await isInside(browser))
            #expect(try await !isInside(TestBrowser(screen)))
        }
    }

    @Test func `a wrong password is logged, wherever it is given`() async throws {
        try await withOldPassword { (screen, _) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/login")
            try await browser.submit("/login", ["password": "wrong"])
            #expect(try await metrics(screen, "wrong") == 401)
            #expect(try await metrics(screen, "old") == 200)
            #expect(screen.warnings.filter { $0 == "somebody has given a wrong password" }.count == 2)
        }
    }

    @Test(arguments: [#""timeout": -1"#, #""timout": 1"#, #""timeout": null"#])
    func `the password holds although another setting is wrong`(wrong: String) async throws {
        try await withOldPassword { (screen, browser) async throws in
            let new = try Self.hash("new")
            try await screen.change(#"{\#(wrong), "management": {"passwordHash": "\#(new.text)"}}"#)
            #expect(await screen.fleet.settingsProblem != nil)
            #expect(try await !isInside(browser))
            #expect(try await browser.submit("/login", ["password": "old"]).status == 401)
            #expect(try await browser.submit("/login", ["password": "new"]).contains("<h1>Servers</h1>"))
        }
    }
}
#endif
