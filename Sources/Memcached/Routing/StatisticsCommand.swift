import MemcachedFraming

/// Commands that memcached takes as if they were groups of statistics, and that change the server.
package enum StatisticsCommand {
    /// Their beginnings, which are all that servers compare of some.
    private static let prefixes = ["reset", "detail o", "sizes_"]

    package static func isNamed(by group: String) -> Bool {
        prefixes.contains { group.hasPrefix($0) }
    }
}

extension Request {
    /// Whether it may leave the server other than it was, so that it is never sent twice.
    var isMutation: Bool {
        guard opcode == .stat, let key else { return opcode.isMutation }
        return StatisticsCommand.isNamed(by: key.withBytes { String(decoding: $0, as: UTF8.self) })
    }
}
