import ArgumentParser

/// What the exit status tells a script. From 64 on these are the numbers of `sysexits.h`.
enum CommandStatus: Int32, Comparable, CaseIterable {
    case done = 0
    case missing = 1
    case conflict = 3
    /// A soak has found what must not happen.
    case unsound = 4
    /// The doctor has found something that will make calls fail, or less safe.
    case warned = 5
    /// The doctor has found a server that can't be used as it is.
    case unfit = 6
    case usage = 64
    case refusedInput = 65
    case unreachable = 69
    case internalError = 70
    case outputFailed = 74
    case timedOut = 75
    case brokenProtocol = 76
    case unauthenticated = 77

    /// Of two, the one to end with is the greater.
    static func < (one: CommandStatus, other: CommandStatus) -> Bool { one.rawValue < other.rawValue }

    /// All of them with their meanings, for the help.
    static var list: String { allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: ", ") }

    private var meaning: String {
        switch self {
        case .done: "done"
        case .missing: "a key is missing"
        case .conflict: "a conflict with another writer"
        case .unsound: "a soak found a defect"
        case .warned: "the doctor has a warning"
        case .unfit: "the doctor found a server unfit"
        case .usage: "wrong usage"
        case .refusedInput: "undecodable or refused input"
        case .unreachable: "a server can't be reached"
        case .internalError: "an internal check failed"
        case .outputFailed: "the output can't be written"
        case .timedOut: "timed out"
        case .brokenProtocol: "a server broke the protocol"
        case .unauthenticated: "authentication is required or was refused"
        }
    }

    var exitCode: ExitCode { ExitCode(rawValue) }

    /// Ends the command with this status, which has been explained already.
    func end() throws {
        guard self == .done else { throw exitCode }
    }
}
