import ArgumentParser
import Memcached

struct FlushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush",
        abstract: "Drop all items of all named servers, whoever stored them.",
        discussion: """
            A prefix limits nothing here: memcached can only drop everything. So it wants --yes.

              memcached-dict flush --server cache-1 --yes
            """
    )

    @Flag(help: "Yes, drop everything.")
    var yes = false
    @OptionGroup var options: ReportOptions

    func validate() throws {
        guard yes else {
            let servers = try? options.serverOptions.servers.map { "\($0.address)" }.joined(separator: ", ")
            throw ValidationError(
                "This drops every item of \(servers ?? "the servers"), whoever stored it. If that is what you want, add --yes."
            )
        }
    }

    func run() async throws {
        try await options.report {
            await $0.flush()
        } _: { server, _ in
            Report(server: server, flushed: true)
        }
    }

    private struct Report: ServerReport {
        let server: String
        let flushed: Bool

        var lines: [String] { ["flushed \(server)"] }
    }
}
