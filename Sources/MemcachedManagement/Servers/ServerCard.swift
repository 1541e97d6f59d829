#if Management
import Memcached
import MemcachedDoctor
import MemcachedTooling

/// One server as the list shows it.
struct ServerCard: Sendable {
    let name: String
    let weight: String?
    /// `up`, `down` or `asking`, which the style sheet knows.
    let state: String
    let stateText: String
    let failureText: String?
    let facts: [Fact]
    let charts: [Chart]
    let findings: [FindingCard]

    struct Fact: Sendable {
        let name: String
        let value: String
    }

    /// - Parameter samples: the oldest first.
    init(
        _ server: MemcachedServer,
        samples: [ServerSample],
        capacity: Int,
        findings: [DiagnosisFinding]
    ) {
        name = "\(server.address)"
        weight = server.weight == 1 ? nil : "\(server.weight)"
        self.findings = findings.map(FindingCard.init)
        switch samples.last {
        case nil:
            (state, stateText, failureText) = ("asking", "asking", nil)
            facts = []
        case let sample? where sample.reading == nil:
            (state, stateText, failureText) = ("down", "not answering", sample.failure)
            facts = []
        case let sample?:
            (state, stateText, failureText) = ("up", "up", nil)
            facts = Self.facts(of: sample)
        }
        // From a minute on, so that the first samples are seen, until the width is full.
        charts = state == "asking" ? [] : Self.charts(of: samples, capacity: min(capacity, max(30, samples.count)))
    }

    private static func facts(of sample: ServerSample) -> [Fact] {
        let dash = "–"
        func number(_ name: String) -> String { sample.number(name).map(Quantity.short) ?? dash }
        let memory: String =
            if let bytes = sample.number("bytes"), let limit = sample.number("limit_maxbytes"), limit > 0 {
                "\(Quantity.bytes(bytes)) of \(Quantity.bytes(limit)), \(Quantity.percent(bytes / limit * 100))"
            } else {
                dash
            }
        return [
            Fact(name: "Version", value: sample.reading?.statistics["version"] ?? dash),
            Fact(name: "Up for", value: sample.number("uptime").map { Duration.seconds($0).rough } ?? dash),
            Fact(name: "Memory", value: memory),
            Fact(name: "Items", value: number("curr_items")),
            Fact(name: "Hit rate", value: hitRate(of: sample) ?? dash),
            Fact(name: "Evictions", value: number("evictions")),
            Fact(name: "Connections", value: connections(of: sample) ?? dash),
            Fact(
                name: "Answers in",
                value: sample.roundTrip.map { Quantity.milliseconds($0 / .milliseconds(1)) } ?? dash
            ),
        ]
    }

    /// Since the server was started; what has happened lately is in the chart.
    private static func hitRate(of sample: ServerSample) -> String? {
        guard let hits = sample.number("get_hits"), let misses = sample.number("get_misses"), hits + misses > 0 else {
            return nil
        }
        return Quantity.percent(hits / (hits + misses) * 100)
    }

    private static func connections(of sample: ServerSample) -> String? {
        sample.number("curr_connections").map { present in
            Quantity.short(present) + (sample.number("max_connections").map { " of \(Quantity.short($0))" } ?? "")
        }
    }

    private static func charts(of samples: [ServerSample], capacity: Int) -> [Chart] {
        func chart(
            _ title: String,
            ceiling: Double? = nil,
            _ format: @escaping (Double) -> String,
            _ value: (ServerSample) -> Double?
        ) -> Chart {
            Chart(title, samples.map(value), capacity: capacity, ceiling: ceiling, format: format)
        }
        return [
            chart("Gets a second", Quantity.short) { $0.change?.rate(of: "cmd_get") },
            chart("Sets a second", Quantity.short) { $0.change?.rate(of: "cmd_set") },
            chart("Hit rate", ceiling: 100, Quantity.percent) { $0.change?.hitPercentage },
            chart("Evictions a second", Quantity.short) { $0.change?.rate(of: "evictions") },
            chart("Answers in", Quantity.milliseconds) { $0.roundTrip.map { $0 / .milliseconds(1) } },
        ]
    }
}

/// What the doctor has found, as a page shows it.
struct FindingCard: Sendable {
    let severity: String
    let title: String
    let meaning: String
    let advice: String
    let details: [String]

    init(_ finding: DiagnosisFinding) {
        severity = finding.severity.rawValue
        title = finding.title
        meaning = finding.meaning
        advice = finding.advice
        details = finding.details
    }
}
#endif
