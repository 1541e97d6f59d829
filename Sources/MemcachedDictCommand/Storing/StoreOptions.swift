import ArgumentParser
import Memcached
import NIOCore

/// What all commands share that store a whole value.
struct StoreOptions: ParsableArguments {
    @Argument(help: "The key.")
    var key: String
    @Argument(help: Input.help)
    var value: Input
    @OptionGroup var expirationOption: ExpirationOption
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var codecOptions: CodecOptions
    @OptionGroup var outputOptions: OutputOptions

    static let inputRules = """
        The input is checked before anything is sent. JSON and property lists are stored as they are, JSON less one \
        newline ('\\n', not '\\r') where that is its last character; text and bytes are stored to the last byte, numbers and \
        Booleans as their codecs write them. Write '--' before a key or value that begins with '-' and is no number.
        """

    /// Stores the input with the help of `body`, which is given the expiration, prints what came of it, and ends with its status.
    func store(
        _ body: (MemcachedDict<ByteBuffer>, String, ByteBuffer, Expiration) async throws -> StoreLine
    ) async throws {
        let line = try await serverOptions.withClient(of: keyOptions.prefix, reading: value, codecOptions) {
            client,
            bytes in
            try keyOptions.refuseLong([key], client.configuration)
            let items = MemcachedDict<ByteBuffer>(
                client,
                keyPrefix: keyOptions.keyPrefix,
                codec: codecOptions.storing
            )
            let expiration = ExpirationArgument.value(of: expirationOption.expiration, keyOptions, client)
            return try await body(items, key, bytes, expiration)
        }
        try line.print(as: outputOptions, itemKey: keyOptions.itemKey(key)).end()
    }
}
