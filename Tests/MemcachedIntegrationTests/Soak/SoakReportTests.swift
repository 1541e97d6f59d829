import Memcached
import TestSupport
import Testing

@testable import MemcachedDictCommand

@Suite("A soak's report", .fewAtATime)
struct SoakReportTests {
    private func report(_ record: Record) -> SoakReport {
        var report = SoakReport(
            SoakConfiguration(duration: .seconds(1), chaos: true, servers: 1, tasks: 1, seed: 1, tellsProgress: false)
        )
        report.take(record.now)
        return report
    }

    private var record: Record {
        let record = Record()
        record.begin("read", by: 0, allowed: .seconds(1))
        record.end("read", by: 0)
        record.count(.right)
        return record
    }

    @Test func `without findings it ends with 0`() {
        #expect(report(record).status == .done)
    }

    @Test(arguments: Finding.Kind.allCases)
    func `any finding ends it with a status of its own, and is told`(kind: Finding.Kind) {
        let record = record
        record.note(kind, "what happened")
        let report = report(record)
        #expect(report.status == .unsound)
        #expect(report.lines.contains { $0.hasSuffix(" 1") })
        #expect(report.lines.contains("!! \(kind.rawValue): what happened"))
    }

    @Test func `a soak that did nothing has shown nothing`() {
        #expect(report(Record()).status == .unsound)
    }

    @Test func `a soak that judged nothing has shown nothing either, and says so`() {
        let record = Record()
        record.begin("read", by: 0, allowed: .seconds(1))
        record.end("read", by: 0)
        for verdict in [Verdict.skipped, .explained] { record.count(verdict) }
        let report = report(record)
        #expect(report.status == .unsound)
        #expect(report.lines.contains { $0.hasPrefix("!! nothing was observed") })
        #expect(report.lines.contains { $0.hasPrefix("observations      0 held") && $0.contains("1 explained by") })
        record.count(.right)
        #expect(self.report(record).status == .done)
        #expect(self.report(record).findings.isEmpty)
    }

    @Test func `a call that goes on past its deadline and the grace is overdue`() {
        let record = record
        record.begin("update", by: 3, allowed: .zero)
        #expect(record.overdue(by: .zero).map(\.operation) == ["update"])
        #expect(record.overdue(by: .seconds(1_000)).isEmpty)
    }

    @Test func `whatever is counted on a connection that nobody uses is a leak`() {
        let address = ServerAddress.host("cache-1")
        let loads = [ConnectionLoad(requests: 1), ConnectionLoad(bytes: 1), ConnectionLoad(waiting: 1)]
        for load in loads { #expect(Rest.leaks([(address, .none), (address, load)]).count == 1) }
        #expect(Rest.leaks([(address, .none)]).isEmpty)
    }

    @Test func `more in flight than the bounds allow is told, and as much as they allow is not`() {
        let address = ServerAddress.host("cache-1")
        var bounds = ConnectionConfiguration()
        (bounds.maximumRequestsInFlight, bounds.maximumBytesInFlight) = (64, 1_000)
        let peaks = [ConnectionLoad(requests: 65), ConnectionLoad(bytes: 1_001)]
        for peak in peaks { #expect(Rest.excesses([(address, .none), (address, peak)], bounds).count == 1) }
        #expect(Rest.excesses([(address, ConnectionLoad(requests: 64, bytes: 1_000))], bounds).isEmpty)
    }

    @Test(.needsMemcached, .timeLimit(.minutes(60)))
    func `a connection's peak is told after everything in flight is over`() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) { client in
                try await client.set("k", to: bytes(String(repeating: "v", count: 10_000)))
                let peaks = client.peakLoads
                #expect(peaks.count == 1)
                #expect(peaks.allSatisfy { $0.load.requests >= 1 && $0.load.bytes > 10_000 })
            }
        }
    }

    @Test func `a server is settled when it tells that it has no more connections than are used`() {
        let address = ServerAddress.host("cache-1")
        func kind(_ statistics: Result<[String: String], MemcachedError>?) -> Finding.Kind? {
            Rest.unsettled(address, statistics, expected: 3)?.kind
        }
        for open in ["1", "3"] { #expect(kind(.success(["curr_connections": open])) == nil) }
        #expect(kind(.success(["curr_connections": "4"])) == .leakedSlot)
        #expect(kind(.success(["curr_connections": "many"])) == .lostServer)
        #expect(kind(.success([:])) == .lostServer)
        #expect(kind(.failure(MemcachedError(.timedOut, ""))) == .lostServer)
        #expect(kind(nil) == .lostServer)
    }

    @Test(.needsMemcached, .timeLimit(.minutes(60)))
    func `a request that a stopped server hasn't answered is counted, given up or not, until it is`() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) { client in
                try await client.set("k", to: bytes("v"))
                // A caller may go on a moment before its room is free.
                while !Rest.leaks(client.loads).isEmpty { await Task.yield() }
                try process.stop()
                _ = await errorOnceSent { try await client.timeout($0).set("k", to: bytes("w")) }
                #expect(Rest.leaks(client.loads).count == 1)
                try process.resume()
                _ = try await client.get("k")
                while !Rest.leaks(client.loads).isEmpty { await Task.yield() }
            }
        }
    }
}

@Suite("What excuses an error of a soak", .fewAtATime)
struct SoakExcuseTests {
    private let timedOut = MemcachedError(.timedOut, "")
    private let cancelled = MemcachedError(.outcomeUnknown, "", cause: MemcachedError(.cancelled, ""))
    private let lost = MemcachedError(.outcomeUnknown, "", cause: MemcachedError(.connectionLost, ""))

    @Test func `without chaos only a caller's own impatience does`() {
        let (patient, hasty) = (
            Excuse(chaos: false, patience: .patient), Excuse(chaos: false, patience: .within(.milliseconds(1)))
        )
        #expect(!patient.covers(timedOut))
        #expect(hasty.covers(timedOut))
        #expect(!hasty.covers(lost))
    }

    @Test(arguments: [false, true])
    func `only a caller that is cancelled itself is excused for being cancelled`(chaos: Bool) {
        for error in [cancelled, MemcachedError(.cancelled, "")] {
            #expect(!Excuse(chaos: chaos, patience: .patient).covers(error))
            #expect(!Excuse(chaos: chaos, patience: .within(.milliseconds(1))).covers(error))
            #expect(Excuse(chaos: chaos, patience: .cancelled(after: .milliseconds(1))).covers(error))
        }
    }

    @Test func `with chaos a lost connection does, but never bytes that are out of step`() {
        let excuse = Excuse(chaos: true, patience: .patient)
        for error in [timedOut, lost] { #expect(excuse.covers(error)) }
        #expect(excuse.covers(MemcachedError(.protocolViolation, "the server has no connection free ('...')")))
        let violation = MemcachedError(.protocolViolation, "the server broke the protocol: it sent a reply")
        #expect(!excuse.covers(violation))
        #expect(!excuse.covers(MemcachedError(.outcomeUnknown, "", cause: violation)))
        #expect(!excuse.covers(MemcachedError(.undecodable, "")))
        #expect(!excuse.covers(CancellationError()))
    }
}
