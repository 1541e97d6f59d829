/// What came of many seeds.
package struct SimulationSummary: Codable, Sendable {
    package struct Failure: Codable, Sendable {
        package let seed: UInt64
        package let violation: Violation
    }

    package private(set) var seeds = 0
    package private(set) var operations = 0
    package private(set) var steps = 0
    package private(set) var counts: [String: Int] = [:]
    /// Of all runs' traces, in whichever order they were run.
    package private(set) var traceHash: UInt64 = 0
    package private(set) var failures: [Failure] = []

    package init() {}

    package mutating func add(_ report: SimulationReport) {
        seeds += 1
        operations += report.operations
        steps += report.steps
        // Mixed with the seed, so that two seeds' traces can't change places.
        traceHash &+= Randomness(seed: report.seed, stream: report.traceHash).next()
        counts.merge(report.counts, uniquingKeysWith: +)
        if let violation = report.violation { failures.append(Failure(seed: report.seed, violation: violation)) }
    }

    package mutating func add(_ other: SimulationSummary) {
        seeds += other.seeds
        operations += other.operations
        steps += other.steps
        traceHash &+= other.traceHash
        counts.merge(other.counts, uniquingKeysWith: +)
        failures += other.failures
    }

    /// What must have been met in many seeds, and was not in these: properties of what never happens hold for nothing.
    package var neverMet: [String] {
        let labels: [String] = Operation.Kind.allCases.flatMap { kind in kind.labels.map { "\(kind): \($0)" } }
        let others = [
            "hostile reply", "bytes cut off at a connection's end", "bytes under way lost by a reset",
            "requests written by their caller", "requests written by their caller in part",
            "the loop goes on before a caller writes", "the loop goes on while a caller writes",
        ]
        let all = Fault.allCases.map { "fault: \($0)" } + others + labels
        return all.filter { counts[$0, default: 0] == 0 }
    }

    /// A line for each thing that was counted.
    package var lines: [String] {
        let all = counts.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)" }
        return ["\(seeds) seeds, \(operations) operations, \(steps) steps, \(failures.count) failures"] + all
            + ["trace hash of all \(String(traceHash, radix: 16))"]
    }
}
