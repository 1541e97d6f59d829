import Memcached
import TestSupport
import Testing

@testable import MemcachedDoctor

/// What follows from the statistics of one server.
@Suite(.fewAtATime) struct AnswersFindingsTests {
    /// A server without anything to find, as memcached 1.6.45 would answer.
    private func answers(
        version: String = "1.6.45",
        _ general: [String: String] = [:],
        settings: [String: String] = [:]
    ) -> ServerAnswers {
        let usual = [
            "pid": "7", "time": "1000", "uptime": "900", "curr_connections": "10", "evictions": "0",
            "total_items": "1000",
            "bytes": "10", "limit_maxbytes": "100", "rejected_connections": "0", "listen_disabled_num": "0",
        ]
        let started = [
            "cas_enabled": "yes", "flush_enabled": "yes", "item_size_max": "1048576", "maxconns": "1024",
            "udpport": "0",
            "evictions": "on", "auth_enabled_sasl": "no", "auth_enabled_ascii": "no", "ssl_enabled": "no",
            "dump_enabled": "yes", "slab_reassign": "yes",
        ]
        return ServerAnswers(
            version: version,
            general: usual.merging(general) { $1 },
            settings: started.merging(settings) { $1 },
            asked: 1_000.2...1_000.3
        )
    }

    private func found(_ answers: ServerAnswers) -> [String] {
        answers.findings.map { "\($0.severity) \($0.check.rawValue)" }
    }

    @Test func `a sound server has no findings`() {
        #expect(answers().findings.isEmpty)
    }

    @Test(arguments: [
        (["cas_enabled": "no"], "warning versions"),
        (["flush_enabled": "no"], "notice flush"),
        (["item_size_max": "1024"], "warning item-size"),
        (["item_size_max": "1048575"], "warning item-size"),
        (["udpport": "11211"], "warning udp"),
    ])
    func `what it was started with`(settings: [String: String], finding: String) {
        #expect(found(answers(settings: settings)) == [finding])
    }

    @Test func `larger items than usual are nothing to find`() {
        #expect(found(answers(settings: ["item_size_max": "8388608"])) == [])
    }

    @Test(arguments: [
        ("920", [] as [String]), ("921", ["warning connections"]), ("1024", ["warning connections"]),
    ])
    func `the last tenth of the connections is too few`(used: String, findings: [String]) {
        #expect(found(answers(["curr_connections": used])) == findings)
    }

    @Test(arguments: [("1", "18", "16", "17"), ("2", "44", "39", "40"), ("8", "159", "143", "144")])
    func `what a server with few connections needs for itself is no connection`(
        threads: String,
        limit: String,
        enough: String,
        few: String
    ) throws {
        let maximum = ["1": "30", "2": "60", "8": "200"][threads]
        let own = ["threads": threads, "reserved_fds": "\(5 * (Int(threads) ?? 0))"]
        func findings(_ used: String) -> [DiagnosisFinding] {
            answers(own.merging(["curr_connections": used]) { $1 }, settings: ["maxconns": maximum ?? ""]).findings
        }
        #expect(findings(enough).isEmpty)
        let finding = try #require(findings(few).first)
        #expect(finding.title == "\(few) of about \(limit) connections are in use")
    }

    @Test func `where few connections are all that there are, the last one is too few`() {
        func findings(_ used: String) -> [String] {
            found(answers(["threads": "1", "curr_connections": used], settings: ["maxconns": "20"]))
        }
        #expect(findings("6") == [] && findings("7") == ["warning connections"])
    }

    @Test func `what the server needs for itself is no connection`() {
        #expect(
            found(answers(["curr_connections": "75", "reserved_fds": "20"], settings: ["maxconns": "100"])) == [
                "warning connections"
            ]
        )
        #expect(found(answers(["curr_connections": "70", "reserved_fds": "20"], settings: ["maxconns": "100"])) == [])
    }

    @Test(arguments: [
        ("rejected_connections", "turned away 3 connections"),
        ("listen_disabled_num", "stopped taking connections 3 times"),
    ])
    func `a server that was full is noticed`(name: String, words: String) {
        let findings = answers([name: "3"]).findings
        #expect(findings.map(\.severity) == [.notice])
        #expect(findings.first?.title.contains(words) == true)
    }

    @Test(arguments: [("0", [] as [String]), ("9", ["notice memory"]), ("10", ["warning memory"])])
    func `evictions of a hundredth of the items are pressure`(evicted: String, findings: [String]) {
        #expect(found(answers(["evictions": evicted])) == findings)
    }

    @Test(arguments: [("79", [] as [String]), ("80", ["warning memory"])])
    func `a server that evicts nothing is warned of before it is full`(bytes: String, findings: [String]) {
        #expect(found(answers(["bytes": bytes, "evictions": "500"], settings: ["evictions": "off"])) == findings)
    }

    @Test(arguments: [
        (995, 0, ""), (1_005, 0, ""), (1_006, 6, "ahead"), (994, 5, "behind"), (900, 99, "behind"), (1_007, 7, "ahead"),
        (4_600, 3_600, "ahead"),
    ])
    func `a clock is off from six seconds on`(time: Int, seconds: Int, direction: String) throws {
        let findings = answers(["time": "\(time)"]).findings
        guard seconds > 0 else {
            #expect(findings.isEmpty)
            return
        }
        let finding = try #require(findings.first)
        #expect(findings.count == 1 && finding.check == .clock && finding.severity == .warning)
        #expect(finding.title.contains("\(seconds) s \(direction)"), "\(finding.title)")
    }

    @Test func `a server that has just started is noticed`() {
        #expect(found(answers(["uptime": "299"])) == ["notice uptime"])
    }

    @Test func `a proxy that tells nothing is noticed, and nothing is made up`() {
        let answers = ServerAnswers(version: "1.6.45", asked: 1_000.2...1_000.3)
        #expect(found(answers) == ["notice protocol"])
        var partly = self.answers()
        partly.settings = [:]
        #expect(found(partly) == ["notice protocol"])
        // A build without TLS has no such setting.
        var plain = self.answers(version: "1.6.38")
        plain.settings["ssl_enabled"] = nil
        #expect(plain.findings.first?.details.contains { $0.contains("TLS connection") } == false)
    }

    @Test func `the most severe finding comes first`() {
        let several = answers(["uptime": "1", "rejected_connections": "1"], settings: ["cas_enabled": "no"])
        #expect(several.findings.map(\.severity) == [.warning, .notice, .notice])
    }

    @Test(arguments: [
        ("1.6.45", 0), ("1.6.46", 0), ("2.0.0", 0), ("1.6.44", 4), ("1.6.40", 11), ("1.6.18", 12), ("1.5.22", 14),
        ("1.6.1", 17), ("1.4.30", 18), ("1.4.15", 15),
    ])
    func `an older version has the defects that were mended since`(version: String, count: Int) throws {
        let findings = answers(version: version).findings
        guard count > 0 else {
            #expect(findings.isEmpty)
            return
        }
        let finding = try #require(findings.first)
        #expect(findings.count == 1 && finding.check == .version && finding.severity == .warning)
        #expect(finding.details.count == count, "\(finding.details.joined(separator: "\n"))")
    }

    @Test func `defects of what is switched off don't count`() throws {
        let plain = answers(version: "1.6.7").findings.first?.details ?? []
        for (settings, words) in [
            (["udpport": "11211"], "UDP packets"), (["auth_enabled_sasl": "yes"], "password file"),
            (["ssl_enabled": "yes"], "TLS connection"), (["dump_enabled": "no"], "-X"),
            (["auth_enabled_ascii": "users.txt"], "-Y"),
        ] {
            #expect(!plain.contains { $0.contains(words) })
            let finding = try #require(
                answers(version: "1.6.7", settings: settings).findings.first { $0.check == .version }
            )
            #expect(finding.details.contains { $0.contains(words) })
        }
        let extstore = answers(version: "1.6.44", ["extstore_page_allocs": "1"]).findings.first?.details ?? []
        #expect(extstore.contains { $0.contains("GETK") })
    }

    @Test func `each defect names its source, and none is newer than the list says`() {
        for defect in KnownDefect.all {
            #expect(defect.source.hasPrefix("https://") || defect.source.hasPrefix("CVE-"))
            #expect(defect.fixedIn <= KnownDefect.listedUpTo)
            #expect(defect.introducedIn.map { $0 < defect.fixedIn } != false)
        }
        #expect(KnownDefect.all.map(\.fixedIn) == KnownDefect.all.map(\.fixedIn).sorted(by: >))
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "9007199254740992", "0", "-1", "nan", "", "\u{0}"])
    func `whatever a server says is read`(value: String) {
        let names = [
            "pid", "time", "uptime", "curr_connections", "evictions", "evicted_unfetched", "total_items", "bytes",
            "limit_maxbytes", "rejected_connections", "listen_disabled_num",
        ]
        for odd in names {
            let alone = answers([odd: value], settings: ["maxconns": value, "item_size_max": value, "udpport": value])
            let all = answers(version: value, Dictionary(uniqueKeysWithValues: names.map { ($0, value) }))
            for answers in [alone, all] {
                #expect(answers.findings.count < 20)
                #expect(answers.uptime.map { $0 >= .zero } != false)
                #expect(IdentityCheck.suspects([(.host("a"), answers), (.host("b"), answers)]).count <= 1)
            }
        }
    }

    @Test func `a version that isn't memcached's is noticed`() {
        #expect(found(answers(version: "twemproxy-0.5")) == ["notice version"])
    }
}
