import ArgumentParser
import Memcached

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove items, all in one batch.",
        discussion: """
            Ends with 1 where a key held no item.

              memcached-dict delete --prefix profiles ada grace
            """
    )

    @Argument(help: "The keys.")
    var keys: [String]
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        let results = try await serverOptions.withClient(of: keyOptions.prefix) { client in
            try keyOptions.refuseLong(keys, client.configuration)
            return await client.deleteMany(keys.map(keyOptions.itemKey))
        }
        try await CommandStatus.highest(of: keys) { key in
            let itemKey = keyOptions.itemKey(key)
            let wasThere = try results[itemKey]?.get() ?? false
            return try StoreLine(key, wasThere ? .removed : .missing).print(as: outputOptions, itemKey: itemKey)
        }.end()
    }
}
