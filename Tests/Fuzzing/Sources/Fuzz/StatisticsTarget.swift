import Memcached
import MemcachedFraming
import NIOCore

extension FuzzTarget {
    /// What a server tells of itself, line by line: a name, a space, a text. An empty line ends the general statistics.
    static let statistics = FuzzTarget(name: "statistics") { fixtures in
        let byHand = [
            "pid 4711\nuptime 17\ntime 1700000000\nversion 1.6.18\n\nitem_size_max 1048576\ncas_enabled yes\nflush_enabled no",
            "pid 18446744073709551615\nuptime -9223372036854775808\ntime 9223372036854775807\n\nitem_size_max 0\ncas_enabled no",
            "pid 1\npid 2\ntime x\nuptime\n\nitem_size_max 2147483647\nitem_size_max 2147483648\n",
        ]
        let emptyLine = Array("\n\n".utf8)
        // Each table as the general one and as the settings.
        let recorded = fixtures.statistics.flatMap { general in
            fixtures.statistics.map { settings in general + emptyLine + settings }
        }
        return byHand.map { Array($0.utf8) } + recorded
    } run: { input in
        var input = input
        var tables: [[Reply]] = [[], []]
        var table = 0
        let newline = UInt8(ascii: "\n")
        for line in input.rest().readableBytesView.split(separator: newline, omittingEmptySubsequences: false) {
            if line.isEmpty { table = 1 }
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            tables[table].append(
                Reply(
                    opcode: .stat,
                    opaque: 1,
                    key: ByteBuffer(bytes: parts.first ?? []),
                    value: ByteBuffer(bytes: parts.count > 1 ? parts[1] : [])
                )
            )
        }
        let properties = ServerProperties(
            general: tables[0],
            settings: tables[1],
            connectionID: 1,
            configuredItemSizeLimit: 1 << 20
        )
        demand((1024...Int(Int32.max)).contains(properties.itemSizeLimit), "an item's size is within reason")
        let room = properties.maximumValueLength(keyLength: 250, hasFlags: true)
        demand(room < properties.itemSizeLimit && room > 0, "a value is smaller than its item")
        demand(
            properties
                == ServerProperties(
                    general: tables[0],
                    settings: tables[1],
                    connectionID: 1,
                    configuredItemSizeLimit: 1 << 20
                ),
            "the same statistics mean the same server"
        )
    }
}
