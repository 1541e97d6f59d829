#if Management
import Foundation
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
        // The second slab class is before the tenth.
        let names = Set(servers.flatMap(\.statistics.keys))
            .sorted().sorted { $0.compare($1, options: .numeric) == .orderedAscending }
        rows = names.map { name in
            let values = servers.map { $0.statistics[name] }
            return Row(
                name: name,
                values: values.map { Self.words(for: $0, of: name) },
                differs: compared && Set(values).count > 1 && !Self.ownToEach.contains(name)
            )
        }
    }

    private static func words(for value: String?, of name: String) -> String {
        let number = numerals.contains(name) ? nil : value.flatMap { Int($0) }
        return number?.grouped ?? value ?? "–"
    }

    /// What has digits and counts nothing.
    private static let numerals: Set<String> = ["pid", "tcpport", "udpport", "umask"]

    /// Settings that no two servers share.
    private static let ownToEach: Set<String> = ["tcpport", "udpport", "inter", "domain_socket"]
}
#endif
