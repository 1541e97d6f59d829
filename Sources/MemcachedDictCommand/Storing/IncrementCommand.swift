import ArgumentParser
import Memcached

struct IncrementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "increment",
        abstract: "Add to a counter, and print the new number.",
        discussion: """
            It wraps at 2^64. The server counts, so that no two writers are in each other's way. Ends with 1 where there is no \
            counter and no --initial.

              memcached-dict increment --prefix visits home --initial 1
            """
    )

    @OptionGroup var options: CountOptions

    func run() async throws {
        try await options.count { client, key, expiration in
            try await client.increment(key, by: options.by, initial: options.initial, expiration: expiration)
        }
    }
}
