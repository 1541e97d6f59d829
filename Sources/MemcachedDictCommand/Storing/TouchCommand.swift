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
        let status = try await serverOptions.withClient { client in
            var status = CommandStatus.done
            for key in keys {
                let itemKey = keyOptions.itemKey(key)
                do {
                    let isThere = try await client.touch(itemKey, expiration: expiration.expiration)
                    let line = StoreLine(key, isThere ? .touched : .missing)
                    status = max(status, try line.print(as: outputOptions, itemKey: itemKey))
                } catch {
                    let complaint = Complaint(error)
                    complaint.print()
                    status = max(status, complaint.status)
                }
            }
            return status
        }
        try status.end()
    }
}
