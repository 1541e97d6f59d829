package import MemcachedFraming
import NIOCore

/// What the handshake has learned about a server.
package struct ServerProperties: Sendable, Equatable {
    package let incarnation: Incarnation
    /// The most that an item may take, in bytes, its overhead included (`item_size_max`).
    package let itemSizeLimit: Int
    /// Whether the server keeps a CAS for each item; false where it was started with `-C`.
    package let isCASEnabled: Bool

    package init(incarnation: Incarnation, itemSizeLimit: Int, isCASEnabled: Bool) {
        self.incarnation = incarnation
        self.itemSizeLimit = itemSizeLimit
        self.isCASEnabled = isCASEnabled
    }
}

extension ServerProperties {
    /// Reads STAT's and `STAT settings`' replies. What they don't tell, or what is out of reason, is taken as unknown.
    package init(general: [Reply], settings: [Reply], connectionID: UInt64, configuredItemSizeLimit: Int) {
        let general = Self.table(general)
        let settings = Self.table(settings)
        if let process = general["pid"].flatMap({ UInt64($0) }),
            let time = general["time"].flatMap({ Int64($0) }),
            let uptime = general["uptime"].flatMap({ Int64($0) }),
            case (let started, false) = time.subtractingReportingOverflow(uptime)
        {
            incarnation = .process(id: process, started: started)
        } else {
            incarnation = .connection(connectionID)
        }
        let claimed = settings["item_size_max"].flatMap { Int($0) }
        itemSizeLimit = claimed.flatMap { (1024...Int(Int32.max)).contains($0) ? $0 : nil } ?? configuredItemSizeLimit
        isCASEnabled = settings["cas_enabled"] != "no"
    }

    /// Statistics by their names; empty for a refusal.
    package static func table(_ replies: [Reply]) -> [String: String] {
        var table: [String: String] = [:]
        for reply in replies where reply.status == .success {
            table[String(buffer: reply.key)] = String(buffer: reply.value)
        }
        return table
    }

    /// The largest value that fits into an item, in bytes; measured against memcached 1.6.18.
    package func maximumValueLength(keyLength: Int, hasFlags: Bool) -> Int {
        let header = 48
        let cas = isCASEnabled ? 8 : 0
        let keyAndTerminator = keyLength + 1
        let lineEnd = 2
        return itemSizeLimit - header - cas - keyAndTerminator - lineEnd - (hasFlags ? 4 : 0)
    }
}
