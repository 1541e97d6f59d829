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

    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        try await serverOptions.report {
            await $0.version()
        } _: { server, version in
            if outputOptions.json {
                try StandardOutput.write(json: Line(server: "\(server)", version: version))
            } else {
                try StandardOutput.write("\(server) \(version)")
            }
        }
    }

    private struct Line: Encodable {
        let server: String
        let version: String
    }
}
