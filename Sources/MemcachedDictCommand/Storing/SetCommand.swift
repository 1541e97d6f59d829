import ArgumentParser
import Memcached

struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Store a value, whatever is there.",
        discussion: """
            \(StoreOptions.inputRules)

              memcached-dict set --prefix profiles ada '{"name":"Ada","visits":1}'
              memcached-dict set page - --codec text --expiration 12h < page.html
            """
    )

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await options.store { items, key, value, expiration in
            StoreLine(key, .stored, try await items.store(value, forKey: key, expiration: expiration))
        }
    }
}
