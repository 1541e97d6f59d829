import MemcachedFraming

/// What an update has met so far, and so what its end means.
struct UpdateCourse {
    let key: ItemKey
    var conflicts = 0
    /// Of the last store of which it isn't known whether it took effect.
    var unknownStore: MemcachedError?

    init(key: ItemKey) {
        self.key = key
    }

    /// A step of the update that isn't its store.
    func step<Outcome>(_ body: () async throws(MemcachedError) -> Outcome) async throws(MemcachedError) -> Outcome {
        do {
            return try await body()
        } catch {
            throw ending(with: error)
        }
    }

    /// The error that the caller sees where that one ends the update.
    func ending(with error: MemcachedError) -> MemcachedError {
        if unknownStore != nil, error.code != .outcomeUnknown {
            return outcomeUnknown("then it ended: ", with: error, cause: error)
        }
        guard error.code == .timedOut, conflicts > 0 else { return error.naming(key: key) }
        return tooManyConflicts("before the deadline passed", "a longer timeout", cause: error)
    }

    func outOfAttempts(_ attempts: Int) -> MemcachedError {
        let bound = "in \(attempts) \(attempts == 1 ? "attempt" : "attempts")"
        guard let unknownStore else { return tooManyConflicts(bound, "more attempts", cause: nil) }
        return outcomeUnknown("then it came to no end \(bound)", cause: unknownStore)
    }

    private func tooManyConflicts(_ bound: String, _ remedy: String, cause: MemcachedError?) -> MemcachedError {
        MemcachedError(
            .tooManyConflicts,
            "the update met \(conflicts) \(conflicts == 1 ? "conflict" : "conflicts") with other writers \(bound), "
                + "and stored nothing; allow \(remedy), or spread the writes over more keys",
            server: cause?.server,
            key: key,
            cause: cause
        )
    }

    private func outcomeUnknown(_ end: String, with error: MemcachedError? = nil, cause: MemcachedError)
        -> MemcachedError
    {
        func words(_ message: String) -> String {
            "a store of the update was sent, and it isn't known whether it took effect; \(end)\(message). "
                + "Read the item to learn what it holds"
        }
        return MemcachedError(
            .outcomeUnknown,
            words(error?.message ?? ""),
            redactedMessage: words(error?.redacted.message ?? ""),
            server: cause.server,
            key: key,
            cause: cause
        )
    }
}
