#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension SoakReport {
    /// The report of a soak that has done nothing yet.
    init(_ configuration: SoakConfiguration) {
        self.init(
            seed: configuration.seed,
            seconds: configuration.duration / .seconds(1),
            chaos: configuration.chaos,
            servers: configuration.servers,
            tasks: configuration.tasks,
            interrupted: false,
            rests: 0,
            operations: 0,
            operationsByKind: [:],
            observations: Observations(),
            errors: [:],
            disturbances: [:],
            longestDelayMilliseconds: 0,
            evictions: 0,
            wrongValues: 0,
            lostUpdates: 0,
            leakedSlots: 0,
            hungCalls: 0,
            lostServers: 0,
            suspiciousErrors: 0,
            findings: []
        )
    }

    var status: CommandStatus { isSound ? .done : .unsound }

    func write(json: Bool) throws {
        guard !json else { return try StandardOutput.write(json: self) }
        for line in lines { try StandardOutput.write(line) }
    }

    /// Writes it, and ends the process at once, whatever is under way.
    func end(json: Bool) -> Never {
        try? write(json: json)
        exit(status.rawValue)
    }
}
