import Memcached

/// What a server's statistics were at one moment.
struct StatisticsReading: Sendable {
    let statistics: [String: String]
    let moment: ContinuousClock.Instant
    /// Tells one process from the one after it; nil where the server doesn't say.
    let process: Process?

    struct Process: Hashable, Sendable {
        let id: Double
        let started: Double
    }

    /// - Parameter general: the general statistics, which tell the process; nil where `statistics` are these.
    init(statistics: [String: String], general: [String: String]? = nil, moment: ContinuousClock.Instant) {
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
    func number(_ name: String) -> Double? { Self.number(statistics[name]) }

    private static func number(_ text: String?) -> Double? {
        text.flatMap(Double.init).flatMap { reason.contains($0) ? $0 : nil }
    }

    /// Whatever a server says, what is computed from it stays within the range of integers.
    private static let reason = -1e17...1e17
}

extension StatisticsReading {
    /// Reads a group of all servers. The moment is that before they were asked: one that hangs changes nothing of the others' rates.
    static func all(
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

/// What has changed between two readings of one server.
struct StatisticsChange: Sendable {
    private let before: StatisticsReading
    private let after: StatisticsReading

    /// Nil where the server has been restarted in between: what it counts began anew.
    init?(from before: StatisticsReading, to after: StatisticsReading) {
        guard before.process == after.process else { return nil }
        self.before = before
        self.after = after
    }

    var seconds: Double { (after.moment - before.moment) / .seconds(1) }

    /// By how much a number has grown; nil where it is none.
    func growth(of name: String) -> Double? {
        guard let old = before.number(name), let new = after.number(name) else { return nil }
        return new - old
    }

    /// By how much a number has grown each second.
    func rate(of name: String) -> Double? {
        seconds > 0 ? growth(of: name).map { $0 / seconds } : nil
    }

    /// Of a hundred gets, how many have found something; nil where nobody has asked.
    var hitPercentage: Double? {
        guard let hits = growth(of: "get_hits"), let misses = growth(of: "get_misses"), hits + misses > 0 else {
            return nil
        }
        return hits / (hits + misses) * 100
    }

    /// All numbers that have changed, and by how much, in alphabetical order.
    var growths: [(name: String, growth: Double)] {
        after.statistics.keys.sorted().compactMap { name in
            guard let growth = growth(of: name), growth != 0 else { return nil }
            return (name, growth)
        }
    }
}
