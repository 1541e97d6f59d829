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

/// The list of servers, and their statistics.
@Suite(.fewAtATime) struct FleetPagesTests {
    /// A screen of two servers, which have 50 items between them.
    private func withTwoServers(
        _ body: @Sendable (TestScreen, MemcachedTestServer, MemcachedTestServer) async throws -> Void
    ) async throws {
        try await withMemcachedTestServer { (one) async throws in
            try await withMemcachedTestServer { (other) async throws in
                let text = #"{"servers": ["\#(one.address)", "\#(other.address)"]}"#
                try await TestScreen.with(text) { (screen) async throws in
                    for number in 0..<50 {
                        _ = try await screen.fleet.client.set("k\(number)", to: ByteBuffer(string: "v"))
                    }
                    try await body(screen, one, other)
                }
            }
        }
    }

    @Test func `each server is shown with its state and what it does`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            let text = #"{"servers": ["\#(server.address)", "127.0.0.1:1"], "timeout": 0.5}"#
            try await TestScreen.with(text) { (screen) async throws in
                _ = try? await screen.fleet.client.get("k")
                await screen.fleet.sample()
                await screen.fleet.sample()
                let page = try await TestBrowser(screen).open("/servers")
                #expect(page.contains("<h2>\(server.address)"))
                #expect(page.contains("2 servers, 1 not answering"))
                #expect(page.contains("class=\"card server up\"") && page.contains("class=\"card server down\""))
                #expect(page.contains("<dt>Version</dt>") && page.contains("<dt>Hit rate</dt>"))
                #expect(page.contains("<polyline points="))
            }
        }
    }

    @Test func `what the doctor finds is said where the server is`() async throws {
        try await TestScreen.with(#"{"servers": ["127.0.0.1:1"], "timeout": 0.5}"#) { (screen) async throws in
            await screen.fleet.examine()
            let page = try await TestBrowser(screen).open("/servers")
            #expect(page.contains("class=\"finding critical\""))
            #expect(page.contains("What to do:"))
        }
    }

    @Test func `history keeps the last samples of the servers there are`() {
        var history = FleetHistory(limit: 3)
        let (one, other) = (ServerAddress.host("a", port: 1), ServerAddress.host("b", port: 1))
        let sample = ServerSample(nil, roundTrip: nil, after: nil)
        for _ in 0..<5 { history.add([one: sample, other: sample]) }
        history.add([one: sample])
        #expect(history.samples[one]?.count == 3)
        #expect(history.samples[other] == nil)
    }

    @Test(arguments: ["general", "settings", "items", "slabs", "nonsense"])
    func `statistics are shown side by side`(group: String) async throws {
        try await TestScreen.with { (screen) async throws in
            _ = try await screen.fleet.client.set("k", to: ByteBuffer(string: "v"))
            let page = try await TestBrowser(screen).open("/statistics?group=\(group)")
            #expect(page.status == 200)
            let title = group == "nonsense" ? "General" : group.prefix(1).uppercased() + group.dropFirst()
            #expect(page.contains("aria-current=\"page\">\(title)</a>"))
        }
    }

    @Test(arguments: ["general", "settings", "items", "slabs"])
    func `statistics of one server are shown alone`(group: String) async throws {
        try await withTwoServers { (screen, one, other) async throws in
            let browser = TestBrowser(screen)
            let both = try await browser.open("/statistics?group=\(group)")
            #expect(both.contains("aria-current=\"page\">All, side by side</a>"))
            for (server, another) in [(one, other), (other, one)] {
                let place = server.address.replacing(".", with: "%2E").replacing(":", with: "%3A")
                let path = "/statistics?group=\(group)&server=\(place)"
                #expect(both.contains("<a href=\"\(path.replacing("&", with: "&amp;"))\">\(server.address)</a>"))
                let page = try await browser.open(path)
                #expect(page.contains("aria-current=\"page\">\(server.address)</a>"))
                #expect(!page.contains("side by side\""))
                // The other one is still there to be chosen, and nothing of it is shown.
                #expect(!page.contains(">\(another.address)</th>") && !page.contains("<h2>\(another.address) "))
                #expect(page.contains(">\(server.address)</th>") || page.contains("<h2>\(server.address) "))
            }
            #expect(try await browser.open("/statistics?server=nowhere").contains("\">All, side by side</a>"))
        }
    }

    @Test func `slab classes of several servers are side by side`() async throws {
        try await withTwoServers { (screen, one, other) async throws in
            let page = try await TestBrowser(screen).open("/statistics?group=slabs")
            #expect(page.contains("aria-label=\"Slab classes side by side\""))
            for server in [one, other] {
                #expect(page.contains("<th scope=\"colgroup\" colspan=\"2\">\(server.address)</th>"))
                #expect(page.contains("aria-label=\"Slab classes of \(server.address)\""))
            }
        }
    }

    @Test func `a flush needs the word, and then drops everything`() async throws {
        try await TestScreen.with { (screen) async throws in
            _ = try await screen.fleet.client.set("k", to: ByteBuffer(string: "v"))
            let browser = TestBrowser(screen)
            #expect(
                try await browser.open("/statistics/flush?server=").contains("Type <code>flush all</code> to confirm")
            )
            let wrong = try await browser.submit("/statistics/flush", ["server": "", "word": "flush"])
            #expect(wrong.status == 422 && wrong.contains("nothing was done"))
            #expect(try await screen.fleet.client.get("k") != nil)
            let done = try await browser.submit("/statistics/flush", ["server": "", "word": "flush all"])
            #expect(done.contains("All items are dropped."))
            #expect(try await screen.fleet.client.get("k") == nil)
        }
    }

    @Test func `one server of several is flushed alone`() async throws {
        try await withTwoServers { (screen, one, other) async throws in
            let browser = TestBrowser(screen)
            let address = "\(one.address)"
            try await browser.open("/statistics/flush?server=\(TestBrowser.encoded(address))")
            let done = try await browser.submit(
                "/statistics/flush",
                ["server": address, "word": "flush \(address)"]
            )
            #expect(done.contains("All items are dropped."))
            let left = (0..<50).filter {
                one.item(forKey: "k\($0)") != nil || other.item(forKey: "k\($0)") != nil
            }
            #expect(!left.isEmpty && left.allSatisfy { other.item(forKey: "k\($0)") != nil })
            #expect(try await browser.open("/statistics/flush?server=nobody").status == 404)
        }
    }

    @Test func `a flush that was confirmed for other servers does nothing`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            try await TestScreen.with(#"{"servers": ["127.0.0.1:1"], "timeout": 0.5}"#) { (screen) async throws in
                let browser = TestBrowser(screen)
                try await browser.open("/statistics/flush?server=")
                try Data(#"{"servers": ["\#(server.address)"]}"#.utf8).write(to: URL(filePath: screen.path))
                await screen.fleet.reload()
                _ = try await screen.fleet.client.set("k", to: ByteBuffer(string: "v"))
                let page = try await browser.submit("/statistics/flush", ["server": "", "word": "flush all"])
                #expect(page.status == 422)
                #expect(page.contains("The list of servers has changed"))
                #expect(server.item(forKey: "k") != nil)
            }
        }
    }

    @Test func `what the client measures is there for Prometheus`() async throws {
        try await TestScreen.with { (screen) async throws in
            _ = try await screen.fleet.client.get("nothing")
            let page = try await TestBrowser(screen).open("/metrics")
            #expect(page.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(page.contains("# TYPE db_client_operation_duration_seconds histogram"))
            #expect(page.contains("db_operation_name=\"GET\""))
        }
    }

    @Test func `with a password, a collector gives it`() async throws {
        let access = Access(gate: PasswordGate(try PasswordHash(of: "open sesame", rounds: 1 << 14)))
        try await TestScreen.with(access: access) { (screen) async throws in
            func status(_ credentials: String?) async throws -> Int {
                var request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/metrics")
                request.headerFields[.authorization] = credentials.map {
                    "Basic \(Data($0.utf8).base64EncodedString())"
                }
                return try await screen.respond(to: request).response.status.code
            }
            #expect(try await status(nil) == 401)
            #expect(try await status("prometheus:open") == 401)
            #expect(try await status("prometheus:open sesame") == 200)
            #expect(try await status("prometheus:open sesame") == 200)
            #expect(try await status("open sesame") == 401)
        }
    }

    @Test func `a reset lets the counters start anew`() async throws {
        try await TestScreen.with { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/statistics/reset?server=")
            #expect(
                try await browser.submit("/statistics/reset", ["server": "", "word": "reset all"]).contains(
                    "The counters start anew."
                )
            )
        }
    }
}
#endif
