import ArgumentParser
import Memcached

struct ReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Store a value where there is one already.",
        discussion: """
            Ends with 1 where the key holds no item. \(StoreOptions.inputRules)

              memcached-dict replace --prefix profiles ada '{"name":"Ada","visits":2}'
            """
    )

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await options.store { items, key, value, expiration in
            StoreLine(key, try await items.replace(value, forKey: key, expiration: expiration))
        }
    }
}
