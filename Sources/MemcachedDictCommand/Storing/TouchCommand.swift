import ArgumentParser
import Memcached

struct TouchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "touch",
        abstract: "Give items a new expiration.",
        discussion: """
            The value and its version stay the same. Ends with 1 where a key holds no item.

              memcached-dict touch --prefix profiles ada --expiration 12h
            """
    )

    @Argument(help: "The keys.")
    var keys: [String]
    @Option(
        help: ArgumentHelp(
            "When the items end: seconds, or 15m, 12h, 30d; 'never' or 0 for no end.",
            valueName: "lifetime"
        )
    )
    var expiration: ExpirationArgument
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        try await serverOptions.withClient(of: keyOptions.prefix) { client in
            try keyOptions.refuseLong(keys, client.configuration)
            return await CommandStatus.highest(of: keys) { key in
                let itemKey = keyOptions.itemKey(key)
                let isThere = try await client.touch(itemKey, expiration: expiration.expiration)
                return try StoreLine(key, isThere ? .touched : .missing).print(as: outputOptions, itemKey: itemKey)
            }
        }.end()
    }
}
