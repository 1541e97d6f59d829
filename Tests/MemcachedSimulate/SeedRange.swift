import Foundation
import MemcachedSimulation

/// Seeds that one process runs.
struct SeedRange {
    let first: UInt64
    let count: UInt64
    let stride: UInt64

    func run(untilFailure: Bool) -> SimulationSummary {
        CrashNote.watch()
        var summary = SimulationSummary()
        var lastProgress = Date()
        for index in 0..<count {
            let seed = first + index * stride
            CrashNote.seed(seed)
            let report = Simulation.run(seed: seed)
            summary.add(report)
            if let violation = report.violation {
                tell("seed \(seed) FAILED: \(violation)\n    see it again with --seed \(seed)")
                if untilFailure { break }
            }
            if index % 256 == 0, Date().timeIntervalSince(lastProgress) > 10 {
                lastProgress = Date()
                tell("... \(index + 1) of \(count) seeds from \(first), \(summary.failures.count) failures")
            }
        }
        CrashNote.endOfSeeds()
        return summary
    }

    private func tell(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
