#if Management
import Memcached
import Metrics

/// A value that only grows, or is set back to 0.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler, Sendable {
    private struct Sum {
        var whole: Int64 = 0
        var fraction = 0.0
    }

    private let sum = Lock(Sum())

    /// What is negative would be a counter's restart to Prometheus; it doesn't count.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        sum.withLock { sum in
            let (whole, isOverflow) = sum.whole.addingReportingOverflow(amount)
            sum.whole = isOverflow ? .max : whole
        }
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        sum.withLock { $0.fraction += amount }
    }

    func reset() {
        sum.withLock { $0 = Sum() }
    }

    var text: String {
        let sum = sum.withLock { $0 }
        return sum.fraction == 0 ? "\(sum.whole)" : PrometheusNumber.text(Double(sum.whole) + sum.fraction)
    }
}
#endif
