#if Management
import Memcached
import Metrics

/// How many values were at most so large, for each of some bounds.
final class PrometheusHistogram: RecorderHandler, TimerHandler, Sendable {
    struct Values: Sendable {
        /// By bound; those over the last one are counted in `count` alone.
        var counts: [UInt64]
        var count: UInt64 = 0
        var sum = 0.0
    }

    let bounds: [Double]
    private let values: Lock<Values>

    /// - Parameter bounds: in rising order.
    init(bounds: [Double]) {
        self.bounds = bounds
        values = Lock(Values(counts: Array(repeating: 0, count: bounds.count)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let place = bounds.firstIndex { value <= $0 }
        values.withLock { values in
            if let place { values.counts[place] += 1 }
            values.count += 1
            values.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    /// A bucket's samples, then the sum and the count.
    func samples(_ name: String, _ labels: PrometheusLabels) -> [String] {
        let values = values.withLock { $0 }
        var lines: [String] = []
        var count: UInt64 = 0
        for (bound, more) in zip(bounds, values.counts) {
            count += more
            lines.append("\(name)_bucket\(labels.text(adding: "le=\"\(PrometheusNumber.text(bound))\"")) \(count)")
        }
        lines.append("\(name)_bucket\(labels.text(adding: "le=\"+Inf\"")) \(values.count)")
        lines.append("\(name)_sum\(labels.text()) \(PrometheusNumber.text(values.sum))")
        lines.append("\(name)_count\(labels.text()) \(values.count)")
        return lines
    }
}
#endif
