import ArgumentParser
import Memcached
import MemcachedTooling

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch what the servers are doing.",
        discussion: """
            A table with a line for each server, again and again until it is interrupted: how long it has been up, how soon it answers, \
            its connections, gets and sets each second, how many of a hundred gets find something, evictions each second, items, bytes \
            and the memory that they take of what there is, and bytes that come in and go out. On a terminal each table takes the place \
            of the one before. With --json there is an object for each server, each time. With --count it ends with the status of the \
            last table, in which a server may not have answered.

              memcached-dict top --server cache-1 --server cache-2
              memcached-dict top --interval 10 --count 6 --json
            """
    )

    @Option(
        help: ArgumentHelp("How long each table waits for the next, 0.1 to 3,600. (default: 2)", valueName: "seconds")
    )
    var interval = 2.0
    @Option(help: ArgumentHelp("End after so many tables. (default: never)", valueName: "number"))
    var count: Int?
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func validate() throws {
        guard (0.1...3_600).contains(interval) else {
            throw ValidationError("--interval takes a number of seconds from 0.1 to 3,600; it is \(interval).")
        }
        guard count.map({ $0 > 0 }) != false else {
            throw ValidationError("--count takes a number from 1 on; it is \(count ?? 0).")
        }
    }

    func run() async throws {
        let clearsScreen = StandardOutput.isTerminal && !outputOptions.json
        var status = CommandStatus.done
        try await serverOptions.withClient { client in
            let servers = client.servers
            var before = await readings(client)
            var shown = 0
            while count.map({ shown < $0 }) != false, !StandardDescriptor.hasNoReader {
                try await Task.sleep(for: .seconds(interval))
                let now = await readings(client)
                let roundTrips = await client.ping()
                let rows = servers.map { server in
                    row(server.address, now, before, try? roundTrips[server.address]?.get())
                }
                if outputOptions.json {
                    for row in rows { try StandardOutput.write(json: row) }
                } else {
                    let screen = clearsScreen ? "\u{1B}[H\u{1B}[2J" : ""
                    try StandardOutput.write(screen + TopTable(rows: rows).lines.joined(separator: "\n"))
                }
                before = now
                shown += 1
                status = now.values.map(Self.status).max() ?? .done
            }
        }
        if count != nil { try status.end() }
    }

    private static func status(of reading: Result<StatisticsReading, MemcachedError>) -> CommandStatus {
        if case .failure(let error) = reading { CommandStatus(error) } else { .done }
    }

    private typealias Readings = [ServerAddress: Result<StatisticsReading, MemcachedError>]

    private func readings(_ client: MemcachedClient) async -> Readings {
        await StatisticsReading.all(of: nil, by: client)
    }

    private func row(_ server: ServerAddress, _ now: Readings, _ before: Readings, _ roundTrip: Duration?) -> TopRow {
        switch now[server] {
        case .success(let reading):
            TopRow(server, reading, since: try? before[server]?.get(), roundTrip: roundTrip)
        case .failure(let error):
            TopRow(server, failure: error)
        case nil:
            TopRow(server, failure: MemcachedError(.connectionFailed, "it was not asked"))
        }
    }
}
