import MemcachedFraming

/// Groups of statistics that change the server: memcached takes some of its commands under that name.
package enum StatisticsGroup {
    /// By their beginnings, as servers compare some of them.
    private static let changing = ["reset", "detail o", "sizes_"]

    package static func changesServer(_ group: String) -> Bool {
        changing.contains { group.hasPrefix($0) }
    }
}

extension Request {
    /// Whether it may leave the server other than it was, so that it is never sent twice.
    var isMutation: Bool {
        guard opcode == .stat, let key else { return opcode.isMutation }
        return StatisticsGroup.changesServer(key.withBytes { String(decoding: $0, as: UTF8.self) })
    }
}
