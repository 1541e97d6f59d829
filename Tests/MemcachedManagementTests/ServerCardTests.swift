#if Management
import Foundation
import Memcached
import MemcachedTesting
import MemcachedTooling
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// What the list of servers shows of each, in figures.
@Suite(.fewAtATime) struct ServerCardTests {
    private struct NotSeen: Error {}

    /// The page, and what was known of the server when it was made.
    private func look(
        at server: MemcachedTestServer,
        on screen: TestScreen,
        until isMeant: (ServerSample) -> Bool
    ) async throws -> (page: TestBrowser.Page, sample: ServerSample) {
        let (address, browser) = (try ServerAddress(server.address), TestBrowser(screen))
        for _ in 0..<20 {
            await screen.fleet.sample()
            let before = await screen.fleet.history.last(of: address)
            let page = try await browser.open("/servers")
            let after = await screen.fleet.history.last(of: address)
            // The screen looks at the servers of its own accord as well.
            if let before, isMeant(before), before.reading?.moment == after?.reading?.moment { return (page, before) }
        }
        throw NotSeen()
    }

    /// What the page says under that name.
    private func fact(_ name: String, in page: TestBrowser.Page) -> String? {
        guard let range = page.text.range(of: "<dt>\(name)</dt><dd>") else { return nil }
        return String(page.text[range.upperBound...].prefix { $0 != "<" })
    }

    @Test func `the figures that a server gives are on its card`() async throws {
        var options = MemcachedTestServer.Configuration()
        options.memoryLimit = 16_896
        options.maximumConnections = 300
        options.version = "1.6.40"
        try await withMemcachedTestServer(options) { (server) async throws in
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                let client = screen.fleet.client
                // Each takes 1,024 bytes with its key and the server's own, so that there is room for sixteen.
                for number in 10..<30 {
                    _ = try await client.set("k\(number)", to: ByteBuffer(repeating: 0xff, count: 962))
                }
                for key in ["k29", "k10", "k28", "k27"] { _ = try await client.get(key) }
                server.advanceTime(by: .seconds(7_500))
                let (page, sample) = try await look(at: server, on: screen) { $0.number("uptime") == 7_500 }
                #expect(fact("Version", in: page) == "1.6.40")
                #expect(fact("Up for", in: page) == "2 h")
                #expect(fact("Memory", in: page) == "16 KiB of 16.5 KiB, 97%")
                #expect(fact("Items", in: page) == "16")
                #expect(fact("Hit rate", in: page) == "75%")
                #expect(fact("Evictions", in: page) == "4")
                // How many there are at that moment only the server knows: the doctor has some, too.
                let connections = try #require(sample.reading?.statistics["curr_connections"])
                #expect(try #require(Int(connections)) > 0)
                #expect(fact("Connections", in: page) == "\(connections) of 300")
            }
        }
    }

    @Test func `how long a server takes to answer is what the client has waited`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            try await TestScreen.with(#"{"servers": ["\#(server.address)"]}"#) { (screen) async throws in
                server.inject(.delay(.milliseconds(30)), on: .noops)
                let (page, _) = try await look(at: server, on: screen) { $0.roundTrip ?? .zero >= .milliseconds(30) }
                let words = try #require(fact("Answers in", in: page))
                #expect(words.hasSuffix(" ms"))
                let milliseconds = try #require(Double(words.dropLast(3)))
                #expect(milliseconds >= 30 && milliseconds < 2_000)
            }
        }
    }

    private func facts(_ statistics: [String: String], roundTrip: Duration? = nil) -> [String] {
        let reading: Result<StatisticsReading, MemcachedError> = .success(
            StatisticsReading(statistics: statistics, moment: .now)
        )
        let card = ServerCard(
            MemcachedServer(.host("cache-1")),
            samples: [ServerSample(reading, roundTrip: roundTrip, after: nil)],
            capacity: 150,
            findings: []
        )
        return card.facts.map { "\($0.name): \($0.value)" }
    }

    @Test func `large figures are rounded`() {
        let statistics = [
            "version": "1.6.40", "uptime": "273600", "bytes": "50331648", "limit_maxbytes": "67108864",
            "curr_items": "1234", "get_hits": "2", "get_misses": "1", "evictions": "4500000",
            "curr_connections": "12", "max_connections": "1024",
        ]
        #expect(
            facts(statistics, roundTrip: .microseconds(1_234)) == [
                "Version: 1.6.40", "Up for: 3 d", "Memory: 48 MiB of 64 MiB, 75%", "Items: 1,234", "Hit rate: 66.7%",
                "Evictions: 4.5M", "Connections: 12 of 1,024", "Answers in: 1.23 ms",
            ]
        )
    }

    @Test(arguments: [nil, "", "<b>", "nan", "inf", "1e400", "99999999999999999999"] as [String?])
    func `what is no figure, or out of reason, is shown as unknown`(figure: String?) {
        let names = [
            "uptime", "bytes", "limit_maxbytes", "curr_items", "get_hits", "get_misses", "evictions",
            "curr_connections", "max_connections",
        ]
        let statistics = figure.map { figure in Dictionary(uniqueKeysWithValues: names.map { ($0, figure) }) } ?? [:]
        #expect(
            facts(statistics) == [
                "Version: –", "Up for: –", "Memory: –", "Items: –", "Hit rate: –", "Evictions: –", "Connections: –",
                "Answers in: –",
            ]
        )
    }
}
#endif
