import ArgumentParser
import Memcached

struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Store a value where there is none yet.",
        discussion: """
            Ends with 3 where the key holds an item already. \(StoreOptions.inputRules)

              memcached-dict add --prefix locks report '"host-7"' --expiration 15m
            """
    )

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await options.store { items, key, value, expiration in
            StoreLine(key, try await items.add(value, forKey: key, expiration: expiration))
        }
    }
}
