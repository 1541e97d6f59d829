import Memcached
import MemcachedTooling

/// One server in the table of `top`.
struct TopRow: Sendable, Encodable {
    let server: String
    /// Why the server doesn't answer.
    var failure: String?
    var uptimeSeconds: Double?
    var milliseconds: Double?
    var connections: Double?
    var items: Double?
    var bytes: Double?
    var memoryBytes: Double?
    /// Since the reading before; nil in the first one, and behind a restart.
    var getsPerSecond: Double?
    var setsPerSecond: Double?
    var hitPercentage: Double?
    var evictionsPerSecond: Double?
    var bytesReadPerSecond: Double?
    var bytesWrittenPerSecond: Double?

    init(_ server: ServerAddress, failure: MemcachedError) {
        self.server = "\(server)"
        self.failure = failure.message
    }

    init(_ server: ServerAddress, _ now: StatisticsReading, since before: StatisticsReading?, roundTrip: Duration?) {
        self.server = "\(server)"
        uptimeSeconds = now.number("uptime")
        milliseconds = roundTrip.map { ($0 / .milliseconds(0.001)).rounded() / 1_000 }
        connections = now.number("curr_connections")
        items = now.number("curr_items")
        bytes = now.number("bytes")
        memoryBytes = now.number("limit_maxbytes")
        guard let change = before.flatMap({ StatisticsChange(from: $0, to: now) }) else { return }
        getsPerSecond = change.rate(of: "cmd_get")
        setsPerSecond = change.rate(of: "cmd_set")
        hitPercentage = change.hitPercentage
        evictionsPerSecond = change.rate(of: "evictions")
        bytesReadPerSecond = change.rate(of: "bytes_read")
        bytesWrittenPerSecond = change.rate(of: "bytes_written")
    }
}
