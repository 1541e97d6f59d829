import MemcachedSimulation
import TestSupport
import Testing

@Suite(.fewAtATime) struct SeedTests {
    @Test(arguments: 0..<10) func `every property holds over many seeds`(hundred: UInt64) {
        for seed in hundred * 50 + 1...hundred * 50 + 50 {
            let report = Simulation.run(seed: seed)
            #expect(report.violation == nil, "seed \(seed); see it again with memcached-simulate --seed \(seed)")
        }
    }

    @Test func `a seed gives the same run each time`() {
        for seed in UInt64(1)...40 {
            let (first, second) = (Simulation.run(seed: seed), Simulation.run(seed: seed))
            #expect(first.traceHash == second.traceHash, "seed \(seed)")
            #expect(first.steps == second.steps, "seed \(seed)")
        }
    }

    @Test func `the hash over many seeds doesn't depend on how they are shared out, and tells seeds apart`() {
        let reports = (UInt64(1)...6).map { Simulation.run(seed: $0) }
        func summary(_ reports: some Sequence<SimulationReport>) -> SimulationSummary {
            var summary = SimulationSummary()
            for report in reports { summary.add(report) }
            return summary
        }
        var shared = summary(reports[4...])
        shared.add(summary(reports[..<4]))
        #expect(shared.traceHash == summary(reports).traceHash)
        #expect(summary(reports[..<3]).traceHash != summary(reports[3...]).traceHash)
    }

    @Test func `seeds differ, and a trace tells what happened`() {
        let hashes = Set((UInt64(1)...40).map { Simulation.run(seed: $0).traceHash })
        #expect(hashes.count == 40)
        let traced = Simulation.run(seed: 1, isTracing: true)
        #expect(!traced.trace.isEmpty)
        #expect(traced.traceHash == Simulation.run(seed: 1).traceHash)
    }
}
