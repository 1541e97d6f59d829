/// How a dictionary is known to store and read numbers as the server counts them, so that not each call finds that out anew.
final class CountingChecks: Sendable {
    /// By whether the call may create the counter: the compression that was looked at.
    private let passed = Lock<[Bool: DictionarySettings.Compression?]>([:])

    /// Calls `check`, unless it has passed with the same before.
    func check(
        creates: Bool,
        _ compression: DictionarySettings.Compression?,
        _ check: () throws -> Void
    ) throws {
        guard passed.withLock({ $0[creates] }) != .some(compression) else { return }
        try check()
        passed.withLock { $0[creates] = .some(compression) }
    }
}
