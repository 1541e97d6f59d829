import MemcachedTooling

/// What came of a soak, as it is printed.
struct SoakReport: Encodable {
    var seed: UInt64
    var seconds: Double
    var chaos: Bool
    var servers: Int
    var tasks: Int
    /// Whether a signal ended it early.
    var interrupted: Bool
    /// How often all tasks rested, and everything was read again.
    var rests: Int
    var operations: Int
    var operationsByKind: [String: Int]
    /// What was observed and held against what was stored.
    var observations: Observations
    var errors: [String: Int]
    var disturbances: [String: Int]
    @NullWhenNil var slowestRecoveryMilliseconds: Double?
    /// How much longer than it was allowed a call went on.
    var longestDelayMilliseconds: Double
    /// What the servers dropped for want of room. With more than none, lost updates prove nothing.
    var evictions: Int
    @NullWhenNil var memoryAtStart: Int?
    /// After the first round, when everything that is kept for long has been made.
    @NullWhenNil var memoryWhenWarm: Int?
    @NullWhenNil var memoryAtEnd: Int?
    @NullWhenNil var memoryPeak: Int?
    var wrongValues: Int
    var lostUpdates: Int
    var leakedSlots: Int
    var hungCalls: Int
    var lostServers: Int
    var suspiciousErrors: Int
    var findings: [String]

    /// Whether nothing was found that must not happen, and something was done and judged at all.
    var isSound: Bool {
        operations > 0 && observations.judged > 0
            && wrongValues + lostUpdates + leakedSlots + hungCalls + lostServers + suspiciousErrors == 0
    }

    mutating func take(_ record: Record.State) {
        operations = record.operationCount
        operationsByKind = record.operations
        observations = record.observations
        errors = record.errors
        disturbances = record.disturbances
        longestDelayMilliseconds = record.longestDelay.milliseconds
        wrongValues = record.count(of: .wrongValue)
        lostUpdates = record.count(of: .lostUpdate)
        leakedSlots = record.count(of: .leakedSlot)
        hungCalls = record.count(of: .hungCall)
        lostServers = record.count(of: .lostServer)
        suspiciousErrors = record.count(of: .suspiciousError)
        findings = record.texts
        if observations.judged == 0 {
            findings.append("nothing was observed that could be held against what was stored: the zeros show nothing")
        }
    }
}

extension SoakReport {
    /// For a person.
    var lines: [String] {
        var lines = [
            "soak of \(seconds) s\(chaos ? " with chaos" : ""): \(servers) servers, \(tasks) tasks, seed \(seed)"
                + (interrupted ? ", interrupted" : ""),
            "",
            "operations        \(operations.grouped)\(Self.list(operationsByKind))",
            "observations      \(observed)",
            "errors            \(errors.values.reduce(0, +).grouped)\(Self.list(errors))",
        ]
        if !errors.isEmpty, !chaos {
            lines.append("                  all but the suspicious ones of calls that were cancelled or had 1 to 20 ms")
        }
        if chaos {
            lines.append("disturbances      \(disturbances.values.reduce(0, +).grouped)\(Self.list(disturbances))")
        }
        lines += [
            "slowest recovery  \(slowestRecoveryMilliseconds.map { Duration.milliseconds($0).rounded } ?? "none was needed")",
            "longest delay     \(Duration.milliseconds(longestDelayMilliseconds).rounded) past what a call was allowed",
            "memory            \(Self.megabytes(memoryAtStart)) at the start, \(Self.megabytes(memoryWhenWarm)) when warm, "
                + "\(Self.megabytes(memoryAtEnd)) at the end, \(Self.megabytes(memoryPeak)) at most",
            "rests             \(rests), at each of which every value was read again",
            "",
            "wrong values      \(wrongValues)",
            "lost updates      \(lostUpdates)",
            "leaked slots      \(leakedSlots)",
        ]
        // Told only where there are any.
        let others = [
            ("hung calls", hungCalls), ("lost servers", lostServers), ("suspicious", suspiciousErrors),
            ("evictions", evictions),
        ]
        for (name, count) in others where count > 0 {
            lines.append(name + String(repeating: " ", count: 18 - name.count) + "\(count)")
        }
        if !findings.isEmpty { lines += [""] + findings.map { "!! \($0)" } }
        return lines
    }

    private var observed: String {
        let (judged, explained) = (observations.judged.grouped, observations.explained.grouped)
        return "\(judged) held against what was stored, \(explained) explained by a store of unknown outcome, "
            + "\(observations.skipped.grouped) skipped since the server was killed meanwhile"
    }

    private static func list(_ counts: [String: Int]) -> String {
        guard !counts.isEmpty else { return "" }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return ": " + sorted.map { "\($0.key) \($0.value.grouped)" }.joined(separator: ", ")
    }

    private static func megabytes(_ bytes: Int?) -> String {
        guard let bytes else { return "unknown" }
        return "\(Double(bytes / 100_000) / 10) MB"
    }
}

extension Duration {
    /// To a tenth.
    var milliseconds: Double { (self / .milliseconds(0.1)).rounded() / 10 }
}
