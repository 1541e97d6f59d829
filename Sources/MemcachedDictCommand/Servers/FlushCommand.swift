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
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func validate() throws {
        guard yes else {
            let servers = serverOptions.servers.map { "\($0.address)" }.joined(separator: ", ")
            throw ValidationError(
                "This drops every item of \(servers), whoever stored it. If that is what you want, add --yes."
            )
        }
    }

    func run() async throws {
        try await serverOptions.report {
            await $0.flush()
        } _: { server, _ in
            if outputOptions.json {
                try StandardOutput.write(json: Line(server: "\(server)", flushed: true))
            } else {
                try StandardOutput.write("flushed \(server)")
            }
        }
    }

    private struct Line: Encodable {
        let server: String
        let flushed: Bool
    }
}
