#if Management
import Memcached
import MemcachedTooling

/// The same statistics of all servers, side by side.
struct StatisticsTable: Sendable {
    let servers: [String]
    let rows: [Row]

    struct Row: Sendable {
        let name: String
        /// One for each server.
        let values: [String]
        /// Whether servers that should be alike aren't.
        let differs: Bool
    }

    /// - Parameter compared: whether a row with different values is marked.
    init(_ servers: [(name: String, statistics: [String: String])], compared: Bool) {
        self.servers = servers.map(\.name)
        let names = Set(servers.flatMap(\.statistics.keys)).sorted()
        rows = names.map { name in
            let values = servers.map { $0.statistics[name] }
            return Row(
                name: name,
                values: values.map { value in value.flatMap { Int($0) }?.grouped ?? value ?? "–" },
                differs: compared && Set(values).count > 1 && !Self.ownToEach.contains(name)
            )
        }
    }

    /// Settings that no two servers share.
    private static let ownToEach: Set<String> = ["tcpport", "udpport", "inter", "domain_socket"]
}
#endif
