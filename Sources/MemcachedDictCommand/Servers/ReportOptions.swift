import ArgumentParser
import Memcached

/// What all commands share that ask each server something.
struct ReportOptions: ParsableArguments {
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    /// Asks each server something, and prints for each, in the order in which they were named, what it answered; a failure goes
    /// to standard error. Ends with the status of all.
    func report<Answer, Report: ServerReport>(
        _ ask: (MemcachedClient) async -> [ServerAddress: Result<Answer, MemcachedError>],
        _ report: (String, Answer) -> Report
    ) async throws {
        // The servers are the client's: a file that is a pipe is read once.
        let (answers, servers) = try await serverOptions.withClient { (await ask($0), $0.servers) }
        try await CommandStatus.highest(of: servers) { server in
            guard let answer = try answers[server.address]?.get() else { return .done }
            let report = report("\(server.address)", answer)
            if outputOptions.json {
                try StandardOutput.write(json: report)
            } else {
                for line in report.lines { try StandardOutput.write(line.printable) }
            }
            return .done
        }.end()
    }
}
