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

    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        try await serverOptions.report {
            await $0.ping()
        } _: { server, time in
            let milliseconds = (time / .milliseconds(0.001)).rounded() / 1_000
            if outputOptions.json {
                try StandardOutput.write(json: Line(server: "\(server)", milliseconds: milliseconds))
            } else {
                try StandardOutput.write("\(server) answers in \(milliseconds) ms")
            }
        }
    }

    private struct Line: Encodable {
        let server: String
        let milliseconds: Double
    }
}
