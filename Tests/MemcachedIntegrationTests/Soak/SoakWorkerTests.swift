import Memcached
import TestSupport
import Testing

@testable import MemcachedDictCommand

@Suite("A soak's worker", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct SoakWorkerTests {
    private struct Bench {
        let server: ServerProcess
        let client: MemcachedClient
        let record: Record
        var worker: Worker
    }

    /// One task on one server.
    private func withWorker(_ body: (inout Bench) async throws -> Void) async throws {
        let fleet = try await Fleet.start(count: 1)
        do {
            try await withMemcachedClient(configuration: fleet.configuration(chaos: false)) { client in
                let record = Record()
                let worker = try Worker(
                    index: 0,
                    of: 1,
                    stock: Stock(client),
                    fleet: fleet,
                    record: record,
                    counters: Counters(count: 1),
                    chaos: true,
                    seed: 1
                )
                var bench = Bench(server: fleet.servers[0], client: client, record: record, worker: worker)
                try await body(&bench)
            }
        } catch {
            await fleet.end()
            throw error
        }
        await fleet.end()
    }

    @Test func `batches of what is stored are judged, and found right`() async throws {
        try await withWorker { bench in
            for _ in 0..<200 { await bench.worker.store() }
            let record = bench.record
            let before = record.now.observations.judged
            for _ in 0..<50 { await bench.worker.readSeveral() }
            #expect(record.now.observations.judged > before)
            #expect(record.now.texts.isEmpty)
        }
    }

    @Test func `a batch's miss of what was stored is a lost update`() async throws {
        try await withWorker { bench in
            for _ in 0..<200 { await bench.worker.store() }
            for result in await bench.client.flush().values { try result.get() }
            for _ in 0..<50 { await bench.worker.readSeveral() }
            let record = bench.record
            #expect(record.now.count(of: .lostUpdate) > 0)
        }
    }
    @Test func `versions from before a restart are sent, and found to be good for nothing`() async throws {
        try await withWorker { bench in
            for _ in 0..<200 { await bench.worker.store() }
            for _ in 0..<200 { await bench.worker.swap() }
            let record = bench.record
            #expect(record.now.operations["stale compare-and-swap"] == nil)
            await bench.server.kill()
            try await bench.server.start()
            _ = try await bench.client.untilReachable("k")
            // Any other answer is a finding.
            while record.now.errors["versionUnusable"] == nil, record.now.texts.isEmpty { await bench.worker.swap() }
            #expect(record.now.operations["stale compare-and-swap"] ?? 0 > 0)
            #expect(record.now.texts.isEmpty)
        }
    }

    @Test func `a version from before a restart may be refused or caught by an outage, and nothing else`() {
        for outcome in [StoreOutcome.stored(ItemVersion(cas: 1)), .conflict, .missing] {
            let defect = Worker.verdict(ofStale: .success(outcome))?.defect
            #expect(defect?.hasPrefix("a version from before the server's restart was sent") == true)
        }
        #expect(Worker.verdict(ofStale: .failure(MemcachedError(.versionUnusable, ""))) == .right)
        for code in [MemcachedError.Code.outcomeUnknown, .connectionFailed, .timedOut] {
            #expect(Worker.verdict(ofStale: .failure(MemcachedError(code, ""))) == nil)
        }
    }
}
