import Memcached
import TestSupport
import Testing

@testable import MemcachedDictCommand

@Suite("A soak's worker", .fewAtATime, .needsMemcached, .timeLimit(.minutes(15)))
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
            let before = bench.record.now.observations.judged
            for _ in 0..<50 { await bench.worker.readSeveral() }
            #expect(bench.record.now.observations.judged > before)
            #expect(bench.record.now.texts.isEmpty)
        }
    }

    @Test func `a batch's miss of what was stored is a lost update`() async throws {
        try await withWorker { bench in
            for _ in 0..<200 { await bench.worker.store() }
            for result in await bench.client.flush().values { try result.get() }
            for _ in 0..<50 { await bench.worker.readSeveral() }
            #expect(bench.record.now.count(of: .lostUpdate) > 0)
        }
    }
}
