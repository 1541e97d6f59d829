/// What came of one seed.
package struct SimulationReport: Sendable {
    package let seed: UInt64
    /// The first property that didn't hold; nil where all did.
    package let violation: Violation?
    package let operations: Int
    package let steps: Int
    /// How often each outcome, fault and end occurred.
    package let counts: [String: Int]
    /// The same for each run of the seed.
    package let traceHash: UInt64
    /// Empty unless it was traced.
    package let trace: [String]

    init(seed: UInt64, world: World) {
        self.seed = seed
        violation = world.violation
        operations = world.operations.count
        steps = world.steps
        counts = world.history.counts
        traceHash = world.history.trace.hash
        trace = world.history.trace.lines
    }
}
