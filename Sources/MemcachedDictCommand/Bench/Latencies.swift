import Histogram
import NIOConcurrencyHelpers

/// How long calls took, from all tasks.
final class Latencies: Sendable {
    /// What was seen of it, in nanoseconds.
    struct Summary: Sendable {
        let median: UInt64
        let p99: UInt64
        let p999: UInt64
    }

    /// To three digits, from a nanosecond to an hour.
    private let histogram = NIOLockedValueBox(
        Histogram<UInt64>(highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
    )

    /// Takes in what a task has gathered, in nanoseconds.
    func record(_ samples: some Sequence<Int64>) {
        histogram.withLockedValue { histogram in
            for sample in samples { histogram.record(UInt64(clamping: sample)) }
        }
    }

    var summary: Summary {
        histogram.withLockedValue {
            Summary(
                median: $0.valueAtPercentile(50),
                p99: $0.valueAtPercentile(99),
                p999: $0.valueAtPercentile(99.9)
            )
        }
    }
}
