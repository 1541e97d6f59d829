/// What has changed between two readings of one server.
package struct StatisticsChange: Sendable {
    private let before: StatisticsReading
    private let after: StatisticsReading

    /// Nil where the server has been restarted in between: what it counts began anew.
    package init?(from before: StatisticsReading, to after: StatisticsReading) {
        guard before.process == after.process else { return nil }
        self.before = before
        self.after = after
    }

    package var seconds: Double { (after.moment - before.moment) / .seconds(1) }

    /// By how much a number has grown; nil where it is none. Fractions are millionths, as servers tell them: what a difference has beyond
    /// is noise.
    package func growth(of name: String) -> Double? {
        guard let old = before.number(name), let new = after.number(name) else { return nil }
        let growth = new - old
        return growth == growth.rounded() ? growth : (growth * 1_000_000).rounded() / 1_000_000
    }

    /// By how much a number has grown each second.
    package func rate(of name: String) -> Double? {
        seconds > 0 ? growth(of: name).map { $0 / seconds } : nil
    }

    /// Of a hundred gets, how many have found something; nil where nobody has asked.
    package var hitPercentage: Double? {
        guard let hits = growth(of: "get_hits"), let misses = growth(of: "get_misses"), hits + misses > 0 else {
            return nil
        }
        return hits / (hits + misses) * 100
    }

    /// All numbers that have changed, and by how much, in alphabetical order.
    package var growths: [(name: String, growth: Double)] {
        after.statistics.keys.sorted().compactMap { name in
            guard let growth = growth(of: name), growth != 0 else { return nil }
            return (name, growth)
        }
    }
}
