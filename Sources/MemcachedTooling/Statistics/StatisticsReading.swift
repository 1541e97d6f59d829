package import Memcached

/// What a server's statistics were at one moment.
package struct StatisticsReading: Sendable {
    package let statistics: [String: String]
    package let moment: ContinuousClock.Instant
    /// Tells one process from the one after it; nil where the server doesn't say.
    package let process: Process?

    package struct Process: Hashable, Sendable {
        package let id: Double
        package let started: Double
    }

    /// - Parameter general: the general statistics, which tell the process; nil where `statistics` are these.
    package init(statistics: [String: String], general: [String: String]? = nil, moment: ContinuousClock.Instant) {
        self.statistics = statistics
        self.moment = moment
        let general = general ?? statistics
        if let id = Self.number(general["pid"]), let time = Self.number(general["time"]),
            let uptime = Self.number(general["uptime"])
        {
            process = Process(id: id, started: time - uptime)
        } else {
            process = nil
        }
    }

    /// Nil where it is none, or out of reason.
    package func number(_ name: String) -> Double? { Self.number(statistics[name]) }

    private static func number(_ text: String?) -> Double? {
        text.flatMap(Double.init).flatMap { reason.contains($0) ? $0 : nil }
    }

    /// Whatever a server says, what is computed from it stays within the range of integers.
    private static let reason = -1e17...1e17
}

extension StatisticsReading {
    /// Reads a group of all servers. The moment is that before they were asked: one that hangs changes nothing of the others' rates.
    package static func all(
        of group: String?,
        by client: MemcachedClient
    ) async -> [ServerAddress: Result<StatisticsReading, MemcachedError>] {
        let moment = ContinuousClock.now
        let readings = await client.stats(group)
        let general = group == nil ? [:] : await client.stats()
        return readings.reduce(into: [:]) { results, reading in
            results[reading.key] = reading.value.map { statistics in
                StatisticsReading(statistics: statistics, general: try? general[reading.key]?.get(), moment: moment)
            }
        }
    }
}
