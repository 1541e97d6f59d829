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

    @Argument(help: "A group: settings, items, slabs, sizes or conns. Without it, the general statistics.")
    var group: String?
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func validate() throws {
        // These change the server, which nobody expects of this command.
        guard let group, group.hasPrefix("reset") || group.hasPrefix("detail o") else { return }
        throw ValidationError("'stats \(group)' would change the server; this command only reads.")
    }

    func run() async throws {
        try await serverOptions.report {
            await $0.stats(group)
        } _: { server, statistics in
            if outputOptions.json {
                try StandardOutput.write(json: Line(server: "\(server)", stats: statistics))
            } else {
                for (name, value) in statistics.sorted(by: { $0.key < $1.key }) {
                    try StandardOutput.write("\(server) \(name) \(value)")
                }
            }
        }
    }

    private struct Line: Encodable {
        let server: String
        let stats: [String: String]
    }
}
