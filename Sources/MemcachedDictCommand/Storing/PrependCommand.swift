import ArgumentParser
import Memcached

struct PrependCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepend",
        abstract: "Add bytes at the start of a value.",
        discussion: """
            \(GrowOptions.rules)

              memcached-dict prepend log 'one more line'
            """
    )

    @OptionGroup var options: GrowOptions

    func run() async throws {
        try await options.grow { client, key, bytes in try await client.prepend(bytes, to: key) }
    }
}
