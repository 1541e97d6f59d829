import ArgumentParser
import Memcached
import MemcachedTooling

struct LocateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locate",
        abstract: "Tell which server each key belongs to, without asking any.",
        discussion: """
            The place is that of weighted ketama, as libmemcached has it; it depends on the names, the order and the weights of \
            all servers. The index counts them from 0.

              memcached-dict locate --server cache-1 --server cache-2=3 ada grace
            """
    )

    @Argument(help: "The keys.")
    var keys: [String]
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        var servers = serverOptions.named
        let settings = try serverOptions.settings(of: keyOptions.prefix)
        // Without a dictionary, and with servers that are named, no setting's value counts.
        if servers.isEmpty || keyOptions.prefix != nil {
            let configuration = try settings.configuration()
            try keyOptions.refuseLong(keys, configuration)
            if servers.isEmpty { servers = configuration.servers }
        }
        let client = try MemcachedClient(configuration: .init(servers: servers))
        try await CommandStatus.highest(of: keys) { key in
            let place = try client.server(for: keyOptions.itemKey(key))
            let line = Line(key: key, server: "\(place.server.address)", index: place.index)
            if outputOptions.json {
                try StandardOutput.write(json: line)
            } else {
                try StandardOutput.write("\(line.key) \(line.server) \(line.index)")
            }
            return .done
        }.end()
    }

    private struct Line: Encodable {
        let key: String
        let server: String
        let index: Int
    }
}
