import ArgumentParser
import Memcached

struct PingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Show that the servers answer, and how quickly.",
        discussion: """
            The time is that of one round trip on a connection that is open already.

              memcached-dict ping --server cache-1 --server cache-2
            """
    )

    @OptionGroup var options: ReportOptions

    func run() async throws {
        try await options.report {
            await $0.ping()
        } _: { server, time in
            Report(server: server, milliseconds: (time / .milliseconds(0.001)).rounded() / 1_000)
        }
    }

    private struct Report: ServerReport {
        let server: String
        let milliseconds: Double

        var lines: [String] { ["\(server) answers in \(milliseconds) ms"] }
    }
}
