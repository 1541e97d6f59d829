import ArgumentParser
import Memcached
import NIOCore

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show all there is to know about one item.",
        discussion: """
            Its server, flags, version and sizes, how it is compressed, which codec reads it, and the value. An item whose flags \
            mean nothing here is shown as bytes, without a codec. The version is what 'cas' takes. --codec is ignored. Without \
            --json, control characters in the value are shown, such as the escape character as \\u{1b}.

              memcached-dict inspect --prefix profiles ada
              memcached-dict inspect --json --prefix profiles ada
            """
    )

    @Argument(help: "The key.")
    var key: String
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        let itemKey = keyOptions.itemKey(key)
        let (item, server) = try await serverOptions.withClient(of: keyOptions.prefix) { client in
            try keyOptions.refuseLong([key], client.configuration)
            let item = try await client.get(itemKey)
            // Another server may have answered in the place of the key's own.
            return (item, try item?.version.origin?.server ?? client.server(for: itemKey).server.address)
        }
        guard let item else {
            guard outputOptions.json else { throw Complaint(missing: itemKey) }
            try StandardOutput.write(json: InspectedItem(missing: key, server: server))
            return try CommandStatus.missing.end()
        }
        var inspected = InspectedItem(item, under: key, server: server)
        var unreadable: Complaint?
        do throws(ValueCodecError) {
            inspected.describe(try FlagsConvention.native.describe(flags: item.flags, bytes: item.value))
        } catch {
            if error.code == .unknownFlags {
                inspected.showAsBytes(item.value)
            } else {
                unreadable = Complaint(undecodable: item, under: itemKey, by: nil, error)
            }
        }
        if outputOptions.json {
            try StandardOutput.write(json: inspected)
        } else {
            try StandardOutput.write(inspected.table(itemKey: itemKey))
        }
        if let unreadable { throw unreadable }
    }
}
