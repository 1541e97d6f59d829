#if Management
import Memcached
import MemcachedTooling

/// A server at one moment: what it told, and what has happened since the moment before.
struct ServerSample: Sendable {
    /// Nil where it didn't answer.
    var reading: StatisticsReading?
    /// Why it didn't.
    var failure: String?
    var roundTrip: Duration?
    /// Nil in the first one, and behind a restart.
    var change: StatisticsChange?

    /// - Parameter previous: the sample before this one.
    init(
        _ result: Result<StatisticsReading, MemcachedError>?,
        roundTrip: Duration?,
        after previous: ServerSample?
    ) {
        switch result {
        case .success(let reading):
            self.reading = reading
            self.roundTrip = roundTrip
            change = previous?.reading.flatMap { StatisticsChange(from: $0, to: reading) }
        case .failure(let error):
            failure = error.message
        case nil:
            failure = "it was not asked"
        }
    }

    func number(_ name: String) -> Double? { reading?.number(name) }
}
#endif
