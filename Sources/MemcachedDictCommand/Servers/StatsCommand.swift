import ArgumentParser
import Memcached
import MemcachedTooling

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Print the servers' statistics, or what changes in them.",
        discussion: """
            Each line has a server, a name and a number or word; with --json there is one object for each server.

            With --diff there are only the numbers that have changed within so many seconds, by how much, and by how much each second.

              memcached-dict stats | grep curr_items
              memcached-dict stats settings --json | jq .stats.item_size_max
              memcached-dict stats --diff 10 --server cache-1 --server cache-2
            """
    )

    @Argument(help: "A group: settings, items, slabs or sizes. Without it, the general statistics.")
    var group: String?
    @Option(
        help: ArgumentHelp("Print what changes within so many seconds, 0.1 to 86,400.", valueName: "seconds")
    )
    var diff: Double?
    @OptionGroup var options: ReportOptions

    private static let range = 0.1...86_400.0

    func validate() throws {
        if let diff, !Self.range.contains(diff) {
            throw ValidationError("--diff takes a number of seconds from 0.1 to 86,400; it is \(diff).")
        }
        // These change the server, which nobody expects of this command.
        guard let group, StatisticsCommand.isNamed(by: group) else { return }
        throw ValidationError("'stats \(group)' would change the server; this command only reads.")
    }

    func run() async throws {
        guard let diff else {
            return try await options.report {
                await $0.stats(group)
            } _: { server, statistics in
                Report(server: server, stats: statistics)
            }
        }
        try await options.report { client in
            let before = await StatisticsReading.all(of: group, by: client)
            try? await Progress.telling(!options.outputOptions.json) { elapsed in
                "waiting for changes, \(Int(elapsed / .seconds(1)).grouped) of \(Int(diff.rounded(.up)).grouped) s"
            } _: {
                try await Task.sleep(for: .seconds(diff))
            }
            let after = await StatisticsReading.all(of: group, by: client)
            return after.reduce(into: [:]) { results, element in
                results[element.key] = element.value.flatMap { later in
                    (before[element.key] ?? .success(later)).map { ($0, later) }
                }
            }
        } _: { server, readings in
            ChangeReport(server: server, from: readings.0, to: readings.1)
        }
    }

    private struct Report: ServerReport {
        let server: String
        let stats: [String: String]

        var lines: [String] {
            stats.sorted { $0.key < $1.key }.map { name, value in "\(server) \(name) \(value)" }
        }
    }

    private struct ChangeReport: ServerReport {
        let server: String
        let seconds: Double
        /// Nil where the server has been restarted meanwhile.
        @NullWhenNil private(set) var changes: [String: Double]?

        init(server: String, from before: StatisticsReading, to after: StatisticsReading) {
            self.server = server
            let change = StatisticsChange(from: before, to: after)
            seconds = ((change?.seconds ?? 0) * 1_000).rounded() / 1_000
            changes = change.map { Dictionary(uniqueKeysWithValues: $0.growths.map { ($0.name, $0.growth) }) }
        }

        var lines: [String] {
            guard let changes else { return ["\(server) has been restarted meanwhile"] }
            return changes.sorted { $0.key < $1.key }.map { name, growth in
                "\(server) \(name) \(growth.signed(digits: 6)) (\((growth / seconds).rate)/s)"
            }
        }
    }
}

extension Double {
    /// As a change each second: what would be hardly more than nothing in thousandths is shown in millionths.
    var rate: String { signed(digits: magnitude < 0.1 ? 6 : 3) }

    /// With its sign, and at most so many digits behind the point.
    func signed(digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let (whole, rest) = Int128((magnitude * scale).rounded()).quotientAndRemainder(dividingBy: Int128(scale))
        let padded = String(repeating: "0", count: digits - "\(rest)".count) + "\(rest)"
        let fraction = rest == 0 ? "" : ".\(padded.reversed().drop { $0 == "0" }.reversed().map(String.init).joined())"
        return "\(self < 0 ? "-" : "+")\(whole)\(fraction)"
    }
}
