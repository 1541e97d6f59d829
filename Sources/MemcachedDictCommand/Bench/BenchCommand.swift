import ArgumentParser
import Memcached

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast this client is, against a server of yours or one that it starts.",
        discussion: """
            Runs one scenario after the other, each for some seconds after a warm-up, and prints operations a second, this \
            process's own processor time for each (user and system; of a batch for each key), and how long calls took: the median, \
            and what 99 and 99.9 in a hundred stayed below. Names that end in ', on the loop' ran their tasks on the connection's \
            event loop.

            Without --server and MEMCACHED_SERVER it starts memcached servers with one thread each on free ports of 127.0.0.1, and \
            ends them. On a server of yours it stores 10,000 items under key:0000000 to key:0009999 and a few under bench:, up to \
            100 MB at a time, and removes them at the end; where it is interrupted, they expire within three hours. Figures of a \
            machine that is busy with something else mean little; compare in one run only.

              memcached-dict bench
              memcached-dict bench --only '64 tasks' --seconds 5
              memcached-dict bench --server cache-1:11211 --json
            """
    )

    @Option(
        help: ArgumentHelp(
            "How long each scenario is measured, 0.01 to 3,600. (default: BENCH_SECONDS, or 2)",
            valueName: "seconds"
        )
    )
    var seconds: Double?
    @Option(help: ArgumentHelp("Only the scenarios whose names contain this; repeat it for more.", valueName: "text"))
    var only: [String] = []
    @Flag(help: "List the scenarios' names, and measure nothing.")
    var list = false
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    private static let defaultSeconds = 2.0
    private static let range = 0.01...3_600.0

    func validate() throws {
        guard Self.range.contains(seconds ?? Self.defaultSeconds) else {
            throw ValidationError("--seconds takes a number from 0.01 to 3,600; it is \(seconds ?? 0).")
        }
        guard !chosen.isEmpty else {
            throw ValidationError(
                "No scenario's name contains \(only.joined(separator: " or ")); --list names them all."
            )
        }
    }

    private var chosen: [Scenario] {
        Scenario.all.filter { scenario in only.isEmpty || only.contains { scenario.name.contains($0) } }
    }

    func run() async throws {
        if list {
            for scenario in chosen { try StandardOutput.write(scenario.name) }
            return
        }
        let environment = BenchEnvironment.current
        let seconds = try seconds ?? environment.seconds(in: Self.range) ?? Self.defaultSeconds
        let grounds = try Grounds(serverOptions, environment)
        let result: Result<Void, any Error>
        do { result = .success(try await measure(on: grounds, seconds)) } catch { result = .failure(error) }
        await grounds.end()
        try result.get()
    }

    private func measure(on grounds: Grounds, _ seconds: Double) async throws {
        let report = BenchReport(json: outputOptions.json)
        try report.begin()
        let scenarios = chosen
        for (index, scenario) in scenarios.enumerated() {
            guard let ground = try await grounds.ground(for: scenario) else {
                report.skip(scenario)
                continue
            }
            let text = "measuring '\(scenario.name)', \(index + 1) of \(scenarios.count)"
            let measurement = try await Progress.telling(!outputOptions.json) { _ in
                text
            } _: {
                try await ground.measure(scenario, seconds: seconds)
            }
            try report.write(measurement)
        }
    }
}
