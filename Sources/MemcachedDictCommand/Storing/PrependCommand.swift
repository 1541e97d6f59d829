import ArgumentParser
import Memcached

struct PrependCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepend",
        abstract: "Add bytes at the start of a value.",
        discussion: """
            The bytes are added as they are, to whatever is stored: text and bytes bear it, JSON, property lists and compressed \
            values become unreadable. Ends with 1 where there is no item, or one that can't grow. Flags and expiration stay.

              memcached-dict prepend log 'one more line'
            """
    )

    @Argument(help: "The key.")
    var key: String
    @Argument(help: Input.help)
    var value: Input
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        let (itemKey, bytes) = (keyOptions.itemKey(key), try value.read())
        let outcome = try await serverOptions.withClient { try await $0.prepend(bytes, to: itemKey) }
        try StoreLine(key, outcome).print(as: outputOptions, itemKey: itemKey).end()
    }
}
