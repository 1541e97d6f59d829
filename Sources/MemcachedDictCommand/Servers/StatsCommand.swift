import ArgumentParser
import Memcached

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Print the servers' statistics.",
        discussion: """
            Each line has a server, a name and a number or word; with --json there is one object for each server.

              memcached-dict stats | grep curr_items
              memcached-dict stats settings --json | jq .stats.item_size_max
            """
    )

    @Argument(help: "A group: settings, items, slabs or sizes. Without it, the general statistics.")
    var group: String?
    @OptionGroup var options: ReportOptions

    func validate() throws {
        // These change the server, which nobody expects of this command.
        guard let group, group.hasPrefix("reset") || group.hasPrefix("detail o") else { return }
        throw ValidationError("'stats \(group)' would change the server; this command only reads.")
    }

    func run() async throws {
        try await options.report {
            await $0.stats(group)
        } _: { server, statistics in
            Report(server: server, stats: statistics)
        }
    }

    private struct Report: ServerReport {
        let server: String
        let stats: [String: String]

        var lines: [String] {
            stats.sorted { $0.key < $1.key }.map { name, value in "\(server) \(name) \(value)" }
        }
    }
}
