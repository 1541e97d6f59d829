import MemcachedTooling

/// The table of `top`, in lines.
struct TopTable {
    let rows: [TopRow]

    private static let columns: [(title: String, text: @Sendable (TopRow) -> String)] = [
        ("up", { $0.uptimeSeconds.map { Duration.seconds($0).rough } ?? "-" }),
        ("ms", { $0.milliseconds.map { "\(($0 * 10).rounded() / 10)" } ?? "-" }),
        ("conns", { short($0.connections) }),
        ("get/s", { short($0.getsPerSecond) }),
        ("set/s", { short($0.setsPerSecond) }),
        ("hit%", { $0.hitPercentage.map { "\(($0 * 10).rounded() / 10)" } ?? "-" }),
        ("evict/s", { short($0.evictionsPerSecond) }),
        ("items", { short($0.items) }),
        ("bytes", { short($0.bytes) }),
        ("mem%", memory),
        ("in/s", { short($0.bytesReadPerSecond) }),
        ("out/s", { short($0.bytesWrittenPerSecond) }),
    ]

    var lines: [String] {
        let names = ["server"] + rows.map(\.server)
        let nameWidth = names.map(\.count).max() ?? 0
        let cells = rows.map { row in row.failure == nil ? Self.columns.map { $0.text(row) } : [] }
        let widths = Self.columns.indices.map { column in
            max(Self.columns[column].title.count, cells.map { $0.isEmpty ? 0 : $0[column].count }.max() ?? 0)
        }
        func line(_ name: String, _ cells: [String]) -> String {
            name + String(repeating: " ", count: nameWidth - name.count)
                + zip(cells, widths).map { "  " + String(repeating: " ", count: $1 - $0.count) + $0 }.joined()
        }
        return [line("server", Self.columns.map(\.title))]
            + zip(rows, cells).map { row, cells in
                row.failure.map { line(row.server, []) + "  " + $0.printable } ?? line(row.server, cells)
            }
    }

    @Sendable private static func memory(_ row: TopRow) -> String {
        guard let bytes = row.bytes, let limit = row.memoryBytes, limit > 0 else { return "-" }
        return "\((bytes / limit * 1_000).rounded() / 10)"
    }

    /// In thousands, millions and so on.
    static func short(_ number: Double?) -> String {
        guard var number else { return "-" }
        for unit in ["", "k", "M", "G"] {
            // Behind which it would be written with four figures.
            if abs(number) < 999.5 {
                let text =
                    unit.isEmpty || abs(number) >= 99.95
                    ? "\(Int(number.rounded()))" : "\((number * 10).rounded() / 10)"
                return text + unit
            }
            number /= 1_000
        }
        return "\(Int(clamping: Int64(min(number.rounded(), 1e15))))T"
    }
}
