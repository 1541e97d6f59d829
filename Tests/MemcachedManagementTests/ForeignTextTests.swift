#if Management
import Foundation
import HTTPTypes
import HummingbirdCore
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// What servers say is text, whatever it looks like.
@Suite(.fewAtATime) struct ForeignTextTests {
    /// Each with how a page has it.
    private static let texts = [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("</dd></td><img src=x onerror=alert(1)>", "&lt;/dd&gt;&lt;/td&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("\"\u{301} autofocus onfocus=alert(1) x='", "&quot;\u{301} autofocus onfocus=alert(1) x=&#39;"),
        ("{{#frame}}{{token}}{{/frame}}", "{{#frame}}{{token}}{{/frame}}"), ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
    ]

    /// As a server that speaks text sends it, and how a page has it.
    private static let line = "SERVER_ERROR </p><img src=x onerror=alert(1)>\"'<script>alert(1)</script>"
    private static let shownLine =
        "SERVER_ERROR &lt;/p&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&lt;script&gt;alert(1)&lt;/script&gt;"

    private func isHarmless(_ text: String) -> Bool {
        // By scalars, since the text is compared by characters otherwise.
        let scalars = Array(text.unicodeScalars)
        let endsAttribute = zip(scalars, scalars.dropFirst()).contains { $0 == "\"" && $1 == "\u{301}" }
        return !endsAttribute && !text.contains("<script>alert") && !text.contains("<img")
    }

    @Test(arguments: texts)
    func `a server's version is never HTML, nor what the doctor says of it`(text: String, shown: String) async throws {
        var options = MemcachedTestServer.Configuration()
        options.version = text
        try await withMemcachedTestServer(options) { (one) async throws in
            try await withMemcachedTestServer { (other) async throws in
                let settings = #"{"servers": ["\#(one.address)", "\#(other.address)"]}"#
                try await TestScreen.with(settings) { (screen) async throws in
                    await screen.fleet.sample()
                    await screen.fleet.examine()
                    let browser = TestBrowser(screen)
                    let servers = try await browser.open("/servers")
                    #expect(isHarmless(servers.text))
                    #expect(servers.contains("<dt>Version</dt><dd>\(shown)</dd>"))
                    #expect(servers.contains("Its version, &#39;\(shown)&#39;, is not one of memcached&#39;s"))
                    #expect(servers.contains("\(one.address): \(shown), \(other.address): 1.6.18"))
                    let statistics = try await browser.open("/statistics")
                    #expect(isHarmless(statistics.text))
                    #expect(statistics.contains("<th scope=\"row\">version</th><td>\(shown)</td><td>1.6.18</td>"))
                }
            }
        }
    }

    @Test(arguments: texts)
    func `neither the names of statistics nor their values are ever HTML`(text: String, shown: String) async throws {
        let groups = [
            "": [text: text], "settings": [text: text], "items": ["items:\(text):number": text],
            "slabs": ["1:chunk_size": text, "\(text):chunk_size": text, "total_malloced": text],
        ]
        try await StatisticsServer.with(groups) { (address) async throws in
            try await TestScreen.with(#"{"servers": ["\#(address)"]}"#) { (screen) async throws in
                let browser = TestBrowser(screen)
                for (group, name) in [("general", shown), ("settings", shown), ("items", "items:\(shown):number")] {
                    let page = try await browser.open("/statistics?group=\(group)")
                    #expect(page.status == 200 && isHarmless(page.text), "\(group)")
                    #expect(page.contains("<th scope=\"row\">\(name)</th><td>\(shown)</td>"), "\(group)")
                }
                // What should be a number, and is none, isn't shown at all.
                let slabs = try await browser.open("/statistics?group=slabs")
                #expect(slabs.status == 200 && isHarmless(slabs.text))
                #expect(slabs.contains("<th scope=\"row\">1</th><td>–</td>") && slabs.contains("– in pages"))
                await screen.fleet.sample()
                let servers = try await browser.open("/servers")
                #expect(servers.contains("class=\"card server up\"") && isHarmless(servers.text))
            }
        }
    }

    @Test func `what a server answers in place of statistics is never HTML`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            server.inject(.textError(Self.line), on: .stats)
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                await screen.fleet.sample()
                await screen.fleet.examine()
                let browser = TestBrowser(screen)
                let servers = try await browser.open("/servers")
                #expect(isHarmless(servers.text))
                #expect(servers.contains("<p class=\"wrong-text\">the server answered in text"))
                #expect(servers.contains("(&#39;\(Self.shownLine)&#39;)"))
                #expect(servers.contains("It answered &#39;\(Self.shownLine)&#39; to a binary request"))
                let statistics = try await browser.open("/statistics")
                #expect(isHarmless(statistics.text))
                #expect(statistics.contains("\(server.address) doesn't tell: the server answered in text"))
                #expect(statistics.contains("(&#39;\(Self.shownLine)&#39;)"))
                try await browser.open("/statistics/reset?server=")
                let reset = try await browser.submit("/statistics/reset", ["server": "", "word": "reset all"])
                #expect(reset.status == 502 && isHarmless(reset.text))
                #expect(reset.contains("(&#39;\(Self.shownLine)&#39;)"))
            }
        }
    }

    @Test func `what a server answers in place of an item is never HTML`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            server.inject(.textError(Self.line), on: .gets)
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                let page = try await TestBrowser(screen).open("/keys?prefix=&key=k")
                #expect(page.status == 502 && isHarmless(page.text))
                #expect(page.contains("The item can't be read. \(server.address): the server answered in text"))
                #expect(page.contains("(&#39;\(Self.shownLine)&#39;)"))
            }
        }
    }

    /// Takes the stream's first event, and no more.
    private actor FirstEvent: ResponseBodyWriter {
        struct Enough: Error {}

        private(set) var text = ""

        func write(_ buffer: ByteBuffer) throws {
            text += String(buffer: buffer)
            throw Enough()
        }

        func finish(_ trailingHeaders: HTTPFields?) {}
    }

    @Test(arguments: ["\r", "\n", "\r\n", "\r\r", "\n\n"])
    func `a line end in what a server says ends neither an event nor one of its lines`(end: String) async throws {
        var options = MemcachedTestServer.Configuration()
        options.version = ["1.6.18", "event: forged", "data: <img src=x>", "", "id: 1"].joined(separator: end)
        try await withMemcachedTestServer(options) { (server) async throws in
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                await screen.fleet.sample()
                let request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/servers/live")
                let response = try await screen.respond(to: request, readingBody: false).response
                #expect(response.headers[.contentType] == "text/event-stream")
                let first = FirstEvent()
                await #expect(throws: FirstEvent.Enough.self) { try await response.body.write(first) }
                let text = await first.text
                // Browsers end a line at each of the two.
                let lines = text.utf8.split(omittingEmptySubsequences: false) { $0 == 10 || $0 == 13 }
                    .map { String(decoding: $0, as: UTF8.self) }
                #expect(lines.first == "event: fleet")
                #expect(lines.dropFirst().dropLast(2).allSatisfy { $0.hasPrefix("data: ") })
                #expect(Array(lines.suffix(2)) == ["", ""])
                for line in ["event: forged", "data: &lt;img src=x&gt;", "id: 1</dd></div>"] {
                    #expect(lines.contains("data: \(line)"), "\(line)")
                }
                #expect(isHarmless(text))
            }
        }
    }
}
#endif
