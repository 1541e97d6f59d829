import Memcached
import TestSupport
import Testing

@testable import MemcachedDoctor

/// What only several servers show.
@Suite(.fewAtATime) struct FleetFindingsTests {
    private func fleet(_ answers: [ServerAnswers]) -> [(server: ServerAddress, answers: ServerAnswers)] {
        answers.enumerated().map { (.host("cache-\($0)"), $1) }
    }

    private func process(_ pid: Int, started: Int, time: Int = 5_000) -> ServerAnswers {
        ServerAnswers(version: "1.6.45", general: ["pid": "\(pid)", "time": "\(time)", "uptime": "\(time - started)"])
    }

    @Test func `one process under two names is suspected, whenever it was asked`() {
        let answers = [
            process(1, started: 100), process(1, started: 101), process(2, started: 100),
            process(1, started: 100, time: 5_001),
        ]
        #expect(IdentityCheck.suspects(fleet(answers)) == [[.host("cache-0"), .host("cache-3")]])
        #expect(IdentityCheck.suspects(fleet([ServerAnswers(version: "1"), ServerAnswers(version: "1")])).isEmpty)
    }

    @Test(arguments: [
        ([10, 20, 30], true), ([10, 10, 30], false), ([10, 40, 30], false), ([10, 5, 30], false),
        ([10, 30, 30], false),
    ])
    func `it is one server where each reading has counted more`(bytes: [Int], isSame: Bool) {
        let readings = bytes.map { ["bytes_read": "\($0)", "bytes_written": "\($0 * 9)"] }
        #expect(IdentityCheck.isSame(readings[0], readings[1], readings[2]) == isSame)
        #expect(!IdentityCheck.isSame(readings[0], [:], readings[2]))
    }

    @Test func `servers that differ are noticed, and each is named`() throws {
        let one = ServerAnswers(version: "1.6.45", settings: ["item_size_max": "1048576", "cas_enabled": "yes"])
        let other = ServerAnswers(version: "1.6.44", settings: ["item_size_max": "1024", "cas_enabled": "no"])
        let silent = ServerAnswers(version: "1.6.45")
        #expect(DiagnosisFinding.disagreements(fleet([one, one, silent])).isEmpty)
        let findings = DiagnosisFinding.disagreements(fleet([one, other, silent]))
        #expect(findings.map(\.severity) == [.notice, .notice, .notice])
        for words in ["cache-0:11211: 1048576 bytes, cache-1:11211: 1024 bytes", "none (-C)", "cache-1:11211: 1.6.44"] {
            #expect(findings.contains { $0.meaning.contains(words) }, "\(words)")
        }
    }
}
