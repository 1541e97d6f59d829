import ArgumentParser
import Memcached

struct CompareAndSwapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cas",
        abstract: "Store a value where nobody has stored since a version was read.",
        discussion: """
            The version is the one that 'get --json', 'inspect' and the storing commands print. Ends with 3 where another writer \
            was in between, and with 1 where the item is gone. A version from before a restart of the server may match another \
            value. \(StoreOptions.inputRules)

              memcached-dict cas --prefix profiles ada '{"visits":3}' --version 17
            """
    )

    @Option(help: ArgumentHelp("The version that the item must still have.", valueName: "version"))
    var version: UInt64
    @OptionGroup var options: StoreOptions

    func validate() throws {
        guard version != 0 else {
            throw ValidationError(
                "No item has the version 0; a server that shows it compares none (memcached's option -C)."
            )
        }
    }

    func run() async throws {
        try await options.store { items, key, value, expiration in
            let entry = MemcachedEntry(key: key, value: value, version: ItemVersion(cas: version))
            return StoreLine(key, try await items.store(entry, expiration: expiration))
        }
    }
}
