import MemcachedTooling

/// What is printed: a line of JSON for each scenario, or a table.
struct BenchReport {
    let json: Bool

    private static let columns = ["per second", "CPU us", "p50 us", "p99 us", "p99.9 us"]

    func begin() throws {
        guard !json else { return }
        try StandardOutput.write(Self.line("scenario", Self.columns))
    }

    func skip(_ scenario: Scenario) {
        StandardError.write(
            "left out '\(scenario.name)': it needs servers of its own, and there is no memcached on PATH"
        )
    }

    func write(_ measurement: Measurement) throws {
        if json {
            try StandardOutput.write(json: Line(measurement))
        } else {
            let latencies = measurement.latencies
            let times = [latencies.median, latencies.p99, latencies.p999].map { Self.decimal(Double($0) / 1_000) }
            let figures = [Int(measurement.perSecond).grouped, Self.decimal(measurement.processorMicroseconds)] + times
            try StandardOutput.write(Self.line(measurement.scenario, figures))
        }
    }

    private static func line(_ name: String, _ figures: [String]) -> String {
        func spaces(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - text.count))
        }
        return figures.reduce(name + spaces(name, 42)) { $0 + spaces($1, 11) + $1 }
    }

    /// To two places.
    private static func decimal(_ number: Double) -> String {
        "\((number * 100).rounded() / 100)"
    }

    /// As `compare` reads it, and more.
    private struct Line: Encodable {
        let client = "swift-memcached"
        let scenario: String
        let per_second: Double
        let cpu_us: Double
        let p50_us: Double
        let p99_us: Double
        let p999_us: Double

        init(_ measurement: Measurement) {
            scenario = measurement.scenario
            per_second = measurement.perSecond.rounded()
            cpu_us = (measurement.processorMicroseconds * 1_000).rounded() / 1_000
            p50_us = Double(measurement.latencies.median) / 1_000
            p99_us = Double(measurement.latencies.p99) / 1_000
            p999_us = Double(measurement.latencies.p999) / 1_000
        }

        private enum CodingKeys: String, CodingKey {
            case client, scenario, per_second, cpu_us, p50_us, p99_us, p999_us
        }
    }
}
