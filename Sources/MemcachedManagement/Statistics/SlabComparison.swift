#if Management
import MemcachedTooling

/// The slab classes of several servers side by side. The chunks' size tells which belong together, since servers that were started with
/// other options number them otherwise.
struct SlabComparison: Sendable {
    let servers: [String]
    let rows: [Row]

    struct Row: Sendable {
        let chunkSize: String
        /// One for each server.
        let cells: [Cell]
    }

    struct Cell: Sendable {
        /// Nil where the server has no chunks of that size.
        let slabClass: SlabTable.SlabClass?
    }

    /// Nil where there is nothing to compare.
    init?(_ tables: [SlabTable]) {
        let classes = tables.map { table in
            Dictionary(
                table.classes.compactMap { slab in slab.chunkBytes.map { ($0, slab) } },
                uniquingKeysWith: { first, _ in first }
            )
        }
        let sizes = Set(classes.flatMap(\.keys)).sorted()
        guard tables.count > 1, !sizes.isEmpty else { return nil }
        servers = tables.map(\.server)
        rows = sizes.map { size in
            Row(
                chunkSize: "\(Int(size).grouped) bytes",
                cells: classes.map { Cell(slabClass: $0[size]) }
            )
        }
    }
}
#endif
