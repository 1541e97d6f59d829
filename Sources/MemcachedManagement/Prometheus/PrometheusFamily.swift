#if Management
/// The series of one name, which differ in their labels.
struct PrometheusFamily: Sendable {
    enum Series: Sendable {
        case counter(PrometheusCounter)
        case gauge(PrometheusGauge)
        case histogram(PrometheusHistogram)

        fileprivate var type: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    let help: String?
    var series: [PrometheusLabels: Series] = [:]

    /// The lines of the text format, without line feeds.
    func lines(_ name: String) -> [String] {
        guard let type = series.first?.value.type else { return [] }
        var lines: [String] = []
        if let help { lines.append("# HELP \(name) \(Self.escaped(help))") }
        lines.append("# TYPE \(name) \(type)")
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .counter(let counter): lines.append("\(name)\(labels.text()) \(counter.text)")
            case .gauge(let gauge): lines.append("\(name)\(labels.text()) \(gauge.text)")
            case .histogram(let histogram): lines += histogram.samples(name, labels)
            }
        }
        return lines
    }

    private static func escaped(_ help: String) -> String {
        help.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }
}
#endif
