import ArgumentParser

/// What the exit status tells a script. From 64 on these are the numbers of `sysexits.h`.
enum CommandStatus: Int32, Comparable {
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

    var exitCode: ExitCode { ExitCode(rawValue) }

    /// Ends the command with this status, which has been explained already.
    func end() throws {
        guard self == .done else { throw exitCode }
    }
}
