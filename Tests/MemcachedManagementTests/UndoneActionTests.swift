#if Management
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// A flush or a reset that can't be done everywhere.
@Suite(.fewAtATime) struct UndoneActionTests {
    /// A screen of a server that nobody can reach and of one that answers, where an item is that was read once.
    private func withHalfAFleet(
        _ body: @Sendable (TestScreen, MemcachedTestServer, _ key: String) async throws -> Void
    ) async throws {
        try await withMemcachedTestServer { (living) async throws in
            let text = #"{"servers": ["127.0.0.1:1", "\#(living.address)"], "timeout": 10}"#
            try await TestScreen.with(text) { (screen) async throws in
                let client = screen.fleet.client
                let found = try (0..<50).map { "k\($0)" }.first { try client.server(for: $0).index == 1 }
                let key = try #require(found)
                _ = try await client.set(key, to: ByteBuffer(string: "v"))
                _ = try await client.get(key)
                #expect(try await hits(living, screen) == "1")
                try await body(screen, living, key)
            }
        }
    }

    /// How many gets have found something, since the server counts.
    private func hits(_ server: MemcachedTestServer, _ screen: TestScreen) async throws -> String? {
        let answers = await screen.fleet.client.stats()
        return try answers[try ServerAddress(server.address)]?.get()["get_hits"]
    }

    @Test func `a flush that one server refuses is done on the other, and the page says which and why`() async throws {
        var options = MemcachedTestServer.Configuration()
        options.isFlushEnabled = false
        try await withMemcachedTestServer(options) { (refusing) async throws in
            try await withMemcachedTestServer { (willing) async throws in
                let text = #"{"servers": ["\#(willing.address)", "\#(refusing.address)"]}"#
                try await TestScreen.with(text) { (screen) async throws in
                    for number in 0..<50 {
                        _ = try await screen.fleet.client.set("k\(number)", to: ByteBuffer(string: "v"))
                    }
                    let kept = refusing.itemCount
                    #expect(kept > 0 && willing.itemCount > 0)
                    let browser = TestBrowser(screen)
                    try await browser.open("/statistics/flush?server=")
                    let page = try await browser.submit("/statistics/flush", ["server": "", "word": "flush all"])
                    #expect(page.status == 502)
                    #expect(page.contains("It was not done everywhere, only on \(willing.address)."))
                    #expect(
                        page.contains(
                            "\(refusing.address): the server doesn&#39;t allow FLUSH (it runs with -F)"
                        )
                    )
                    #expect(!page.contains("\(willing.address): the server"))
                    #expect(!page.contains("All items are dropped."))
                    #expect(willing.itemCount == 0 && refusing.itemCount == kept)
                }
            }
        }
    }

    @Test(arguments: FleetAction.allCases)
    func `what a server that is down doesn't do is done on the other, and the page names the one`(
        action: FleetAction
    ) async throws {
        try await withHalfAFleet { (screen, living, key) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("\(action.path)?server=")
            let page = try await browser.submit(action.path, ["server": "", "word": "\(action.rawValue) all"])
            #expect(page.status == 502)
            #expect(page.contains("It was not done everywhere, only on \(living.address). 127.0.0.1:1: "))
            #expect(!page.contains("All items are dropped.") && !page.contains("The counters start anew."))
            #expect((living.item(forKey: key) == nil) == (action == .flush))
            #expect(try await hits(living, screen) == (action == .reset ? "0" : "1"))
        }
    }

    /// Where the statistics are held, no connection comes up, and nothing is sent.
    @Test(
        arguments: [
            (.flush, .flushes, nil, false), (.reset, .stats, "reset", false),
            (.flush, .stats, nil, true), (.reset, .stats, nil, true),
        ] as [(FleetAction, ServerCommands, String?, Bool)]
    )
    func `of a server that is silent nobody knows whether what was sent was done`(
        action: FleetAction,
        held: ServerCommands,
        key: String?,
        isCertain: Bool
    ) async throws {
        try await withMemcachedTestServer { (silent) async throws in
            try await withMemcachedTestServer { (living) async throws in
                let servers = #"["\#(silent.address)", "\#(living.address)"]"#
                let text = #"{"servers": \#(servers), "timeout": 5, "connectTimeout": 30}"#
                try await TestScreen.with(text) { (screen) async throws in
                    silent.inject(.stall(), on: held, forKey: key)
                    let browser = TestBrowser(screen)
                    for server in ["", silent.address] {
                        try await browser.open("\(action.path)?server=\(server.inQuery)")
                        let word = "\(action.rawValue) \(server.isEmpty ? "all" : server)"
                        let page = try await browser.submit(action.path, ["server": server, "word": word])
                        let words =
                            switch (isCertain, server.isEmpty) {
                            case (true, true): "It was not done everywhere, only on \(living.address)."
                            case (true, false): "It was not done."
                            case (false, true): "Only of \(living.address) is it certain that it was done."
                            case (false, false): "Whether it was done is not certain."
                            }
                        #expect(page.status == 502 && page.contains("\(words) \(silent.address): "), "\(page.text)")
                    }
                }
            }
        }
    }

    @Test(arguments: FleetAction.allCases)
    func `what is asked of a server that is down alone is done nowhere`(action: FleetAction) async throws {
        try await withHalfAFleet { (screen, living, key) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("\(action.path)?server=127.0.0.1%3A1")
            let fields = ["server": "127.0.0.1:1", "word": "\(action.rawValue) 127.0.0.1:1"]
            let page = try await browser.submit(action.path, fields)
            #expect(page.status == 502 && page.contains("It was not done. 127.0.0.1:1: "))
            #expect(living.item(forKey: key) != nil)
            #expect(try await hits(living, screen) == "1")
        }
    }
}
#endif
