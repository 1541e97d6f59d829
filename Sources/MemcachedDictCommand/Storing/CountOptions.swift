import ArgumentParser
import Memcached

/// What increment and decrement share.
struct CountOptions: ParsableArguments {
    @Argument(help: "The key.")
    var key: String
    @Option(help: ArgumentHelp("How much.", valueName: "amount"))
    var by: UInt64 = 1
    @Option(
        help: ArgumentHelp(
            "Create a missing counter with this value; the amount is not counted then.",
            valueName: "number"
        )
    )
    var initial: UInt64?
    @Option(
        help: ArgumentHelp(
            "When a counter ends that is created: seconds, or 15m, 12h, 30d. (default: \(ExpirationArgument.usual))",
            valueName: "lifetime"
        )
    )
    var expiration: ExpirationArgument?
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    /// Counts with the help of `body`, prints the new number, and ends with the status of what happened.
    func count(
        _ body: (MemcachedClient, String, Expiration) async throws -> UInt64?
    ) async throws {
        let itemKey = keyOptions.itemKey(key)
        let value = try await serverOptions.withClient(of: keyOptions.prefix) { client in
            try keyOptions.refuseLong([key], client.configuration)
            return try await body(client, itemKey, ExpirationArgument.value(of: expiration, keyOptions, client))
        }
        if outputOptions.json {
            try StandardOutput.write(json: Line(key: key, found: value != nil, value: value.map { "\($0)" }))
        } else if let value {
            try StandardOutput.write("\(value)")
        } else {
            Complaint(missing: itemKey, advice: "Create it with --initial NUMBER.").print()
        }
        try (value == nil ? CommandStatus.missing : .done).end()
    }

    /// The value is text, as in `get`: it has up to 64 bits.
    private struct Line: Encodable {
        let key: String
        let found: Bool
        @NullWhenNil var value: String?
    }
}
