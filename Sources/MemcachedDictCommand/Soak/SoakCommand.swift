import ArgumentParser
import Memcached
import NIOConcurrencyHelpers

struct SoakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Work on servers of its own, and check that nothing is wrong, lost or leaked.",
        discussion: """
            Starts memcached servers on free ports of 127.0.0.1 (memcached must be on PATH), and lets many tasks read, store, \
            update and remove values of 0 bytes to 300 kB that carry their own key and a checksum. A part of the calls has a \
            deadline of a few milliseconds, or is cancelled. With --chaos it kills, stops, slows, crowds and restarts the servers \
            meanwhile, and cuts the connections to them. Every 20 seconds, and at the end, all tasks rest, and everything is \
            read again.

            The report counts wrong values (another key's, or damaged), lost updates (acknowledged and gone, made twice, or made \
            though they failed) and leaked slots (requests, bytes, callers or connections that are counted while nobody does \
            anything, or more than the bounds allow). It tells how many observations could be held against what was stored. Exit \
            status: 0 where there were any, all of these are zero, no call hung, each server came back, and no error lacks an \
            explanation; 4 otherwise. An interrupt ends it early, with the report. It leaves no server behind.

              memcached-dict soak --seconds 600 --chaos
              memcached-dict soak --seconds 60 --json | jq .lostUpdates
            """
    )

    @Option(help: ArgumentHelp("How long the tasks work.", valueName: "seconds"))
    var seconds: Double = 60
    @Flag(help: "Kill, stop, slow, crowd and restart the servers meanwhile, and cut the connections to them.")
    var chaos = false
    @Option(name: .customLong("servers"), help: ArgumentHelp("How many servers, 1 to 16.", valueName: "number"))
    var serverCount = 3
    @Option(help: ArgumentHelp("How many tasks, 1 to 1,000.", valueName: "number"))
    var tasks = 32
    @Option(
        help: ArgumentHelp(
            "Make the same choices as the run that reported this seed. (default: a random one)",
            valueName: "seed"
        )
    )
    var seed: UInt64?
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var serverOptions: ServerOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func validate() throws {
        guard seconds >= 1, seconds <= 1_000_000 else {
            throw ValidationError("--seconds takes a number from 1 to 1,000,000; it is \(seconds).")
        }
        guard (1...16).contains(serverCount) else {
            throw ValidationError("--servers takes a number from 1 to 16; it is \(serverCount).")
        }
        guard (1...1_000).contains(tasks) else {
            throw ValidationError("--tasks takes a number from 1 to 1,000; it is \(tasks).")
        }
    }

    func run() async throws {
        try MemcachedProgram.check(for: "a soak")
        let signals = EndingSignals()
        let isInterrupted = NIOLockedValueBox(false)
        let waiting = Task {
            await signals.first()
            isInterrupted.withLockedValue { $0 = true }
        }
        defer { waiting.cancel() }
        let configuration = SoakConfiguration(
            duration: .seconds(seconds),
            chaos: chaos,
            servers: serverCount,
            tasks: tasks,
            // Short enough for everyone who reads the JSON.
            seed: seed ?? UInt64(UInt32.random(in: .min ... .max)),
            tellsProgress: !outputOptions.json
        )
        let report = try await soak(configuration) { isInterrupted.withLockedValue(\.self) }
        try report.write(json: outputOptions.json)
        try report.status.end()
    }

    private func soak(
        _ configuration: SoakConfiguration,
        isInterrupted: @escaping @Sendable () -> Bool
    ) async throws -> SoakReport {
        let fleet = try await Fleet.start(count: configuration.servers)
        if configuration.tellsProgress {
            let addresses = fleet.servers.map { "\($0.address)" }.joined(separator: ", ")
            StandardError.write("seed \(configuration.seed), servers \(addresses)")
        }
        let record = Record(tellsAtOnce: configuration.tellsProgress)
        let soak = Soak(configuration: configuration, fleet: fleet, record: record, isInterrupted: isInterrupted)
        let result: Result<SoakReport, any Error>
        do { result = .success(try await soak.run()) } catch { result = .failure(error) }
        await fleet.end()
        return try result.get()
    }
}
