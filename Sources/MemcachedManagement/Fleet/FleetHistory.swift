#if Management
import Memcached

/// The last minutes of all servers.
struct FleetHistory: Sendable {
    private(set) var samples: [ServerAddress: [ServerSample]] = [:]
    /// How many samples of each server are kept.
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// What is no longer on the list is forgotten.
    mutating func add(_ newest: [ServerAddress: ServerSample]) {
        samples = newest.reduce(into: [:]) { result, sample in
            result[sample.key] = (samples[sample.key] ?? []).suffix(limit - 1) + [sample.value]
        }
    }

    func last(of server: ServerAddress) -> ServerSample? { samples[server]?.last }
}
#endif
