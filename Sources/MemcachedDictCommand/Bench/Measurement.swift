/// What a scenario came to.
struct Measurement: Sendable {
    let scenario: String
    /// Of a batch each key counts.
    let operations: Int
    let elapsed: Duration
    /// User and system.
    let processorTime: Duration
    let latencies: Latencies.Summary

    var perSecond: Double { Double(operations) / (elapsed / .seconds(1)) }

    var processorMicroseconds: Double { processorTime / .microseconds(1) / Double(operations) }
}
