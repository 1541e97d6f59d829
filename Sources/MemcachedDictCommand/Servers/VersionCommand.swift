import ArgumentParser
import Memcached

struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the servers' versions.",
        discussion: """
              memcached-dict version --server cache-1 --server cache-2
            """
    )

    @OptionGroup var options: ReportOptions

    func run() async throws {
        try await options.report {
            await $0.version()
        } _: { server, version in
            Report(server: server, version: version)
        }
    }

    private struct Report: ServerReport {
        let server: String
        let version: String

        var lines: [String] { ["\(server) \(version)"] }
    }
}
