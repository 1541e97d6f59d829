import ArgumentParser
import Foundation
import MemcachedSimulation

/// Runs seeds of the deterministic simulation.
@main struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memcached-simulate",
        abstract: "Runs the client in a simulated network, one run for each seed.",
        discussion:
            "A seed that fails is printed with the property that didn't hold; run it again with --seed to see its trace."
    )

    @Option(help: "How many seeds to run.")
    var seeds: UInt64 = 1_000

    @Option(help: "The first of them.")
    var first: UInt64 = 1

    @Option(help: "Run this seed only, and print its trace.")
    var seed: UInt64?

    @Option(help: "How many processes share the work.")
    var processes = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Stop at the first seed that fails.")
    var untilFailure = false

    @Option(help: .hidden)
    var summaryFile: String?

    func validate() throws {
        guard processes >= 1 else { throw ValidationError("--processes must be 1 or more") }
        guard seeds >= 1 else { throw ValidationError("--seeds must be 1 or more") }
    }

    func run() throws {
        if let seed { return try replay(seed) }
        let start = Date()
        let summary: SimulationSummary
        if let summaryFile {
            summary = SeedRange(first: first, count: seeds, stride: 1).run(untilFailure: untilFailure)
            return try JSONEncoder().encode(summary).write(to: URL(filePath: summaryFile))
        } else if processes == 1 || seeds < 100 {
            summary = SeedRange(first: first, count: seeds, stride: 1).run(untilFailure: untilFailure)
        } else {
            summary = try Campaign(first: first, seeds: seeds, processes: processes, untilFailure: untilFailure).run()
        }
        for line in summary.lines { print(line) }
        let elapsed = Date().timeIntervalSince(start)
        print(String(format: "%.1f s, %.3f ms a seed", elapsed, elapsed * 1000 / Double(max(1, summary.seeds))))
        guard summary.failures.isEmpty else { throw ExitCode.failure }
        guard summary.seeds >= 10_000, !summary.neverMet.isEmpty else { return }
        print("never met, so that nothing was shown of it: \(summary.neverMet.joined(separator: ", "))")
        throw ExitCode.failure
    }

    private func replay(_ seed: UInt64) throws {
        CrashNote.watch()
        CrashNote.seed(seed)
        let report = Simulation.run(seed: seed, isTracing: true)
        CrashNote.endOfSeeds()
        for line in report.trace { print(line) }
        print("seed \(seed): \(report.violation.map { "\($0)" } ?? "every property holds")")
        print("trace hash \(String(report.traceHash, radix: 16))")
        guard report.violation == nil else { throw ExitCode.failure }
    }
}
