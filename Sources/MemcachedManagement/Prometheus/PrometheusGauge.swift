#if Management
import Memcached
import Metrics

/// A value that goes up and down.
final class PrometheusGauge: MeterHandler, RecorderHandler, Sendable {
    private let value = Lock(0.0)

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { self.value.withLock { $0 = value } }

    func increment(by amount: Double) { value.withLock { $0 += amount } }

    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func record(_ value: Int64) { set(value) }

    func record(_ value: Double) { set(value) }

    var text: String { PrometheusNumber.text(value.withLock { $0 }) }
}
#endif
