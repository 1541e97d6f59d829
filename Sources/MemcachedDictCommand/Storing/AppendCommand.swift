import ArgumentParser
import Memcached

struct AppendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append",
        abstract: "Add bytes at the end of a value.",
        discussion: """
            \(GrowOptions.rules)

              memcached-dict append log 'one more line'
            """
    )

    @OptionGroup var options: GrowOptions

    func run() async throws {
        try await options.grow { client, key, bytes in try await client.append(bytes, to: key) }
    }
}
