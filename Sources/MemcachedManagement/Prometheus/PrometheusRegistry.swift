#if Management
import Memcached
import Metrics

/// The metrics of this process, as the text that Prometheus collects.
///
/// Timers and aggregating recorders are histograms, timers in seconds; meters and other recorders are gauges. Metrics of the same name and
/// the same dimensions are one series. A name has one type: where a program uses it for two, what came second is counted and not shown.
final class PrometheusRegistry: MetricsFactory, Sendable {
    /// What is known of a metric beside its name.
    struct Description: Sendable {
        /// By UCUM: `s`, `By`, or what is counted in braces.
        var unit: String
        var help: String
    }

    /// Of the answer that carries ``text()``.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// In seconds: a cache in the same network answers within a fraction of a millisecond.
    static let secondsBounds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// For what is no time, in whatever unit: decimal powers.
    static let valueBounds: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

    private let descriptions: [String: Description]
    private let families = Lock<[String: PrometheusFamily]>([:])

    /// - Parameter descriptions: by the metrics' labels; those of this package's client are known.
    init(descriptions: [String: Description] = [:]) {
        let own = ClientMetric.all.map { ($0.name, Description(unit: $0.unit, help: $0.meaning)) }
        self.descriptions = descriptions.merging(own) { theirs, _ in theirs }
    }

    /// All metrics in the text format 0.0.4, by name.
    func text() -> String {
        let families = families.withLock { $0 }
        return families.sorted { $0.key < $1.key }.flatMap { $1.lines($0) }.map { $0 + "\n" }.joined()
    }
}

extension PrometheusRegistry {
    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, unit: nil, Self.valueBounds) : gauge(label, dimensions)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, unit: "s", Self.secondsBounds)
    }

    func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }

    func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}

extension PrometheusRegistry {
    private func counter(_ label: String, _ dimensions: [(String, String)]) -> PrometheusCounter {
        let name = PrometheusName.metric(label, unit: descriptions[label]?.unit, isTotal: true)
        let made = series(name, label, PrometheusLabels(dimensions)) { .counter(PrometheusCounter()) }
        return if case .counter(let counter) = made { counter } else { PrometheusCounter() }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge {
        let name = PrometheusName.metric(label, unit: descriptions[label]?.unit)
        let made = series(name, label, PrometheusLabels(dimensions)) { .gauge(PrometheusGauge()) }
        return if case .gauge(let gauge) = made { gauge } else { PrometheusGauge() }
    }

    /// - Parameter unit: that of the values where it is known without a description.
    private func histogram(
        _ label: String,
        _ dimensions: [(String, String)],
        unit: String?,
        _ bounds: [Double]
    ) -> PrometheusHistogram {
        let name = PrometheusName.metric(label, unit: unit ?? descriptions[label]?.unit)
        let labels = PrometheusLabels(dimensions, reserved: "le")
        let made = series(name, label, labels) { .histogram(PrometheusHistogram(bounds: bounds)) }
        return if case .histogram(let histogram) = made { histogram } else { PrometheusHistogram(bounds: bounds) }
    }

    /// The series that there is, or a new one; one of another type where the name has that already.
    private func series(
        _ name: String,
        _ label: String,
        _ labels: PrometheusLabels,
        _ make: () -> PrometheusFamily.Series
    ) -> PrometheusFamily.Series {
        families.withLock { families in
            var family = families[name] ?? PrometheusFamily(help: descriptions[label]?.help)
            let new = make()
            if let other = family.series.first?.value, !other.isAlike(new) { return other }
            if let known = family.series[labels] { return known }
            family.series[labels] = new
            families[name] = family
            return new
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, var family) in families {
                guard let labels = family.series.first(where: { $0.value.handler === handler })?.key else { continue }
                family.series[labels] = nil
                families[name] = family.series.isEmpty ? nil : family
            }
        }
    }
}

extension PrometheusFamily.Series {
    var handler: AnyObject {
        switch self {
        case .counter(let counter): counter
        case .gauge(let gauge): gauge
        case .histogram(let histogram): histogram
        }
    }

    func isAlike(_ other: PrometheusFamily.Series) -> Bool {
        switch (self, other) {
        case (.counter, .counter), (.gauge, .gauge), (.histogram, .histogram): true
        default: false
        }
    }
}
#endif
