import Foundation
import Memcached
import MemcachedTesting
import MemcachedTooling
import TestSupport
import Testing

@testable import MemcachedDictCommand

/// memcached-dict top, and stats --diff.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct CommandWatchingTests {
    private func reading(_ statistics: [String: String], at seconds: Double) -> StatisticsReading {
        StatisticsReading(statistics: statistics, moment: .now.advanced(by: .seconds(seconds)))
    }

    @Test func `a change tells what has grown, and how fast`() throws {
        let start = ContinuousClock.now
        let before = StatisticsReading(
            statistics: [
                "pid": "1", "time": "100", "uptime": "5", "cmd_get": "10", "get_hits": "1", "get_misses": "9",
                "version": "1.6",
            ],
            moment: start
        )
        let after = StatisticsReading(
            statistics: [
                "pid": "1", "time": "102", "uptime": "7", "cmd_get": "30", "get_hits": "16", "get_misses": "14",
                "version": "1.6",
            ],
            moment: start + .seconds(2)
        )
        let change = try #require(StatisticsChange(from: before, to: after))
        #expect(change.rate(of: "cmd_get") == 10)
        #expect(change.hitPercentage == 75)
        #expect(change.growths.map(\.name) == ["cmd_get", "get_hits", "get_misses", "time", "uptime"])
        #expect(change.growth(of: "version") == 0 && change.growth(of: "nothing") == nil)
        #expect(StatisticsChange(from: before, to: before)?.hitPercentage == nil)
    }

    @Test(arguments: ["1e300", "-1e300", "inf", "nan", "9223372036854775807", "100000000000000000", "0x1p60", "", "-5"])
    func `whatever a server says is shown`(value: String) {
        let names = [
            "uptime", "curr_connections", "curr_items", "bytes", "limit_maxbytes", "cmd_get", "get_hits", "get_misses",
            "evictions",
        ]
        let before = reading(Dictionary(uniqueKeysWithValues: names.map { ($0, "7") }), at: 0)
        let after = reading(Dictionary(uniqueKeysWithValues: names.map { ($0, value) }), at: 1)
        for (one, other) in [(before, after), (after, before), (after, after)] {
            let row = TopRow(.host("cache"), other, since: one, roundTrip: .zero)
            #expect(TopTable(rows: [row]).lines.count == 2)
            for (_, growth) in StatisticsChange(from: one, to: other)?.growths ?? [] {
                #expect(!growth.signed(digits: 6).isEmpty && growth.isFinite)
            }
        }
    }

    @Test func `a difference is shown to the last digit that counts`() {
        for (number, text) in [
            (1.0, "+1"), (-2.5, "-2.5"), (0.000_331, "+0.000331"), (1_234_567.891_234_5, "+1234567.891235"),
            (-0.04, "-0.04"),
        ] {
            #expect(number.signed(digits: 6) == text)
        }
    }

    @Test func `a difference has no noise, and a small rate is no nothing`() throws {
        let before = reading(["rusage_user": "0.123456", "cmd_get": "100000000000000007"], at: 0)
        let after = reading(["rusage_user": "0.123531", "cmd_get": "100000000000000007"], at: 1)
        let change = try #require(StatisticsChange(from: before, to: after))
        #expect(change.growth(of: "rusage_user") == 0.000_075)
        #expect(change.growths.map(\.name) == ["rusage_user"])
        for (number, text) in [(0.000_196, "+0.000196"), (-0.05, "-0.05"), (12.345_678, "+12.346"), (0, "+0")] {
            #expect(number.rate == text)
        }
    }

    @Test func `a restart is no change`() {
        let before = reading(["pid": "1", "time": "100", "uptime": "3", "cmd_get": "10"], at: 0)
        let others = [["pid": "2", "time": "102", "uptime": "5"], ["pid": "1", "time": "160", "uptime": "54"]]
        for other in others { #expect(StatisticsChange(from: before, to: reading(other, at: 2)) == nil) }
        // A group doesn't tell the process; the general statistics do.
        let moment = ContinuousClock.now
        let group = ["items:1:number": "5"]
        let readings = others.map { StatisticsReading(statistics: group, general: $0, moment: moment) }
        #expect(StatisticsChange(from: readings[0], to: readings[1]) == nil)
        #expect(StatisticsChange(from: readings[0], to: readings[0]) != nil)
    }

    @Test(
        arguments: [
            (nil, "-"), (0, "0"), (7.4, "7"), (999, "999"), (999.7, "1.0k"), (1_234, "1.2k"), (99_960, "100k"),
            (1_500_000, "1.5M"),
            (2e9, "2.0G"), (3e12, "3T"), (1e300, "1000000000000000T"),
        ] as [(Double?, String)]
    )
    func `numbers are short`(number: Double?, text: String) {
        #expect(TopTable.short(number) == text)
    }

    @Test func `top shows each server, again and again`() async throws {
        try await withMemcachedTestServer { server in
            let servers = ["--server", "\(server.address)", "--server", "127.0.0.1:1"]
            let run = try await memcachedDict(["top", "--count", "2", "--interval", "0.1"] + servers)
            #expect(run.status == 69)
            #expect(run.lines.filter { $0.hasPrefix("server ") }.count == 2)
            #expect(run.lines.filter { $0.hasPrefix("127.0.0.1:1 ") && $0.contains("connection refused") }.count == 2)
            #expect(!run.output.contains("\u{1B}"))
            let json = try await memcachedDict(["top", "--count", "1", "--interval", "0.1", "--json"] + servers)
            let rows = try json.lines.map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(rows.count == 2)
            #expect(rows[0]["getsPerSecond"] is NSNumber && rows[0]["failure"] == nil)
            #expect((rows[1]["failure"] as? String)?.contains("connection refused") == true)
            #expect(json.status == 69)
            let alone = try await memcachedDict(["top", "--count", "1", "--interval", "0.1"] + servers.prefix(2))
            #expect(alone.status == 0)
            // It ends when nobody reads any more.
            let piped = try await shell(#""$0" top --json --interval 0.1 --server "$1" | head -1"#, "\(server.address)")
            #expect(piped.lines.count == 1)
            for wrong in [["--interval", "0"], ["--count", "0"]] {
                #expect(try await memcachedDict(["top"] + wrong + servers).status == 64)
            }
        }
    }

    @Test(.needsMemcached) func `stats --diff shows only what has changed`() async throws {
        try await MemcachedProcess.withMemcached { server in
            let options = ["--server", server.address, "--diff", "0.2"]
            let run = try await memcachedDict(["stats"] + options)
            #expect(run.status == 0)
            #expect(run.lines.contains { $0.hasPrefix("\(server.address) bytes_written +") && $0.hasSuffix("/s)") })
            #expect(!run.output.contains(" version ") && !run.output.contains(" pid "))
            let json = try await memcachedDict(["stats", "--json"] + options)
            let object = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any]
            #expect((object?["changes"] as? [String: Double])?["bytes_written"].map { $0 > 0 } == true)
            #expect((object?["seconds"] as? Double).map { $0 >= 0.2 } == true)
            #expect(try await memcachedDict(["stats", "--diff", "0", "--server", server.address]).status == 64)
        }
    }
}
