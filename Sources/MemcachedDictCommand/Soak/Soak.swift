import Memcached
import MemcachedTooling
import NIOConcurrencyHelpers

/// Rounds of work, each followed by a rest in which everything is checked.
struct Soak: Sendable {
    let configuration: SoakConfiguration
    let fleet: Fleet
    let record: Record
    /// Whether it is to end early.
    let isInterrupted: @Sendable () -> Bool

    func run() async throws -> SoakReport {
        var report = SoakReport(configuration)
        report.memoryAtStart = ResidentMemory.measure()?.now
        let start = ContinuousClock.now
        let watching = Task { await watch(since: start) }
        defer { watching.cancel() }
        try await withMemcachedClient(configuration: fleet.configuration(chaos: configuration.chaos)) { client in
            try await work(client, since: start, &report)
            record.begin("shut down", by: Rest.task, allowed: client.cluster.configuration.shutdownTimeout)
        }
        record.end("shut down", by: Rest.task)
        for end in fleet.unexpectedEnds { record.note(.lostServer, end) }
        let memory = ResidentMemory.measure()
        (report.memoryAtEnd, report.memoryPeak) = (memory?.now, memory?.peak)
        report.seconds = ((ContinuousClock.now - start) / .seconds(0.1)).rounded() / 10
        report.interrupted = isInterrupted()
        report.slowestRecoveryMilliseconds = fleet.slowestRecovery?.milliseconds
        report.take(record.now)
        return report
    }

    private func work(
        _ client: MemcachedClient,
        since start: ContinuousClock.Instant,
        _ report: inout SoakReport
    ) async throws {
        let end = start + configuration.duration
        let rest = Rest(client: client, fleet: fleet, record: record)
        // Often, since each connection that is cut takes its peak with it.
        let watchingPeaks = Task {
            while (try? await Task.sleep(for: .milliseconds(100))) != nil { rest.checkPeaks() }
        }
        defer { watchingPeaks.cancel() }
        var workers = try makeWorkers(client)
        var chaos = fleet.servers.enumerated().map { index, server in
            // Streams that no task has.
            let generator = SeededGenerator(seed: configuration.seed, stream: -1 - index)
            return Chaos(server: server, client: client, record: record, generator: generator)
        }
        repeat {
            let roundEnd = min(end, ContinuousClock.now + SoakConfiguration.round)
            let isOver = { @Sendable in isInterrupted() || ContinuousClock.now >= roundEnd }
            (workers, chaos) = try await round(workers, chaos, until: isOver)
            await rest.settle()
            for index in workers.indices { await workers[index].verify() }
            await rest.checkLoad()
            rest.checkPeaks()
            report.evictions = max(report.evictions, await rest.evictions())
            report.rests += 1
            if report.rests == 1 { report.memoryWhenWarm = ResidentMemory.measure()?.now }
        } while !isInterrupted() && ContinuousClock.now < end
    }

    private func makeWorkers(_ client: MemcachedClient) throws -> [Worker] {
        let stock = Stock(client)
        let counters = Counters(count: (configuration.tasks + Stock.sharers - 1) / Stock.sharers)
        return try (0..<configuration.tasks).map { index in
            try Worker(
                index: index,
                of: configuration.tasks,
                stock: stock,
                fleet: fleet,
                record: record,
                counters: counters,
                chaos: configuration.chaos,
                seed: configuration.seed
            )
        }
    }

    /// Lets all work, and the servers be disturbed, until it is over.
    private func round(
        _ workers: [Worker],
        _ chaos: [Chaos],
        until isOver: @escaping @Sendable () -> Bool
    ) async throws -> ([Worker], [Chaos]) {
        async let disturbed = withThrowingTaskGroup(of: (Int, Chaos).self) { group in
            for (index, chaos) in chaos.enumerated() where configuration.chaos {
                group.addTask {
                    var chaos = chaos
                    try await chaos.disturb(until: isOver)
                    return (index, chaos)
                }
            }
            return try await group.reduce(into: chaos) { $0[$1.0] = $1.1 }
        }
        let worked = await withTaskGroup(of: (Int, Worker).self) { group in
            for (index, worker) in workers.enumerated() {
                group.addTask {
                    var worker = worker
                    await worker.work(until: isOver)
                    return (index, worker)
                }
            }
            return await group.reduce(into: workers) { $0[$1.0] = $1.1 }
        }
        return (worked, try await disturbed)
    }
}

extension Soak {
    /// Tells how it goes, and ends the process where a call hangs: nothing could be waited for then.
    private func watch(since start: ContinuousClock.Instant) async {
        var lastTold = start
        var looks = 0
        while (try? await Task.sleep(for: .milliseconds(500))) != nil {
            let overdue = record.overdue(by: SoakConfiguration.grace)
            // A machine that has slept itself gets time to catch up.
            looks = overdue.isEmpty ? 0 : looks + 1
            guard looks < 10 else { return giveUp(overdue) }
            guard configuration.tellsProgress, ContinuousClock.now - lastTold >= .seconds(5) else { continue }
            lastTold = ContinuousClock.now
            let now = record.now
            let memory = ResidentMemory.measure().map { ", \($0.now / 1_000_000) MB" } ?? ""
            StandardError.write(
                "\((lastTold - start).components.seconds) s: \(now.operationCount.grouped) operations, "
                    + "\(now.errorCount.grouped) errors, \(now.disturbances.values.reduce(0, +)) disturbances\(memory)"
            )
        }
    }

    private func giveUp(_ overdue: [(task: Int, operation: String)]) {
        for (task, operation) in overdue {
            record.note(.hungCall, "task \(task) waits for '\(operation)' since long after its deadline")
        }
        for server in fleet.servers { server.killAtOnce() }
        var report = SoakReport(configuration)
        report.take(record.now)
        report.end(json: !configuration.tellsProgress)
    }
}
