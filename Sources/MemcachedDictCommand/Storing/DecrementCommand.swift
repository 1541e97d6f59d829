import ArgumentParser
import Memcached

struct DecrementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decrement",
        abstract: "Take from a counter, and print the new number.",
        discussion: """
            It stops at 0. The server counts, so that no two writers are in each other's way. Ends with 1 where there is no \
            counter and no --initial.

              memcached-dict decrement --prefix stock apples --by 3
            """
    )

    @OptionGroup var options: CountOptions

    func run() async throws {
        try await options.count { client, key, expiration in
            try await client.decrement(key, by: options.by, initial: options.initial, expiration: expiration)
        }
    }
}
