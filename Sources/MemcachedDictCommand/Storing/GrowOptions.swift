import ArgumentParser
import Memcached
import NIOCore

/// What append and prepend share.
struct GrowOptions: ParsableArguments {
    @Argument(help: "The key.")
    var key: String
    @Argument(help: Input.help)
    var value: Input
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    static let rules = """
        The bytes are added as they are, to whatever is stored: text and raw bytes stay readable, JSON, property lists and compressed \
        values become unreadable. Ends with 1 where there is no item, or one that can't grow. Flags and expiration stay.
        """

    /// Adds the input with the help of `body`, prints what came of it, and ends with its status.
    func grow(
        _ body: (MemcachedClient, String, ByteBuffer) async throws -> AppendOutcome
    ) async throws {
        let itemKey = keyOptions.itemKey(key)
        let outcome = try await serverOptions.withClient(of: keyOptions.prefix, reading: value) { client, bytes in
            try keyOptions.refuseLong([key], client.configuration)
            return try await body(client, itemKey, bytes)
        }
        try StoreLine(key, outcome).print(as: outputOptions, itemKey: itemKey).end()
    }
}
