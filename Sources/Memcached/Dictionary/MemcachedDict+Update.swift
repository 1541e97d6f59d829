import NIOCore

/// What an update does when it isn't known whether its store took effect.
public enum UnknownOutcomePolicy: Hashable, Sendable {
    /// It throws ``MemcachedError/Code/outcomeUnknown``, so that no change is made twice.
    case fail
    /// It reads the value again and applies the change to it, which makes the change twice where the first store took effect.
    case applyAgain
}

extension MemcachedDict {
    /// Reads a value, changes it, and stores it where nobody else has stored in between; again from the start where somebody has.
    ///
    /// ```swift
    /// try await profiles.update(forKey: "ada") { $0.visits += 1 }
    /// ```
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - expiration: when the stored item ends; nil for the dictionary's own default. A store sets it anew.
    ///   - attempts: how often it is tried, 1 or more. The deadline of the dictionary's view bounds all of them together.
    ///   - whenUnknown: what happens when it isn't known whether a store took effect.
    ///   - change: the change. It runs once for each attempt, on a fresh copy; what it throws ends the update, and nothing is
    ///     stored.
    /// - Returns: the value that was stored; nil where the key holds none.
    /// - Throws: ``MemcachedError/Code/tooManyConflicts`` with the number of conflicts, and what `change` throws.
    @discardableResult
    public func update(
        forKey key: String,
        expiration: Expiration? = nil,
        attempts: Int = 100,
        whenUnknown: UnknownOutcomePolicy = .fail,
        isolation: isolated (any Actor)? = #isolation,
        _ change: (inout Value) async throws -> Void
    ) async throws -> Value? {
        try await update(key, default: { nil }, expiration, attempts, whenUnknown, change)
    }

    /// Like ``update(forKey:expiration:attempts:whenUnknown:_:)``, but where the key holds no value, the change is made to the default
    /// one, which is then added.
    ///
    /// - Returns: the value that was stored.
    @discardableResult
    public func update(
        forKey key: String,
        default defaultValue: @autoclosure () -> Value,
        expiration: Expiration? = nil,
        attempts: Int = 100,
        whenUnknown: UnknownOutcomePolicy = .fail,
        isolation: isolated (any Actor)? = #isolation,
        _ change: (inout Value) async throws -> Void
    ) async throws -> Value {
        let value = try await update(key, default: defaultValue, expiration, attempts, whenUnknown, change)
        // With a default there is always something to store.
        return value ?? defaultValue()
    }

    private func update(
        _ key: String,
        default defaultValue: () -> Value?,
        _ expiration: Expiration?,
        _ attempts: Int,
        _ whenUnknown: UnknownOutcomePolicy,
        isolation: isolated (any Actor)? = #isolation,
        _ change: (inout Value) async throws -> Void
    ) async throws -> Value? {
        guard attempts >= 1 else {
            throw MemcachedError(.invalidArgument, "attempts must be 1 or more; it is \(attempts)", key: key)
        }
        let deadline = client.cluster.deadline(after: client.timeout)
        var pause = Backoff(initial: .milliseconds(1), maximum: .milliseconds(50))
        var generator = EnvironmentGenerator(client.cluster.environment)
        var conflicts = 0
        var mayHaveStored = false
        for attempt in 1...attempts {
            do {
                switch try await MemcachedDict(self, client: client.until(deadline)).attempt(key, default: defaultValue, expiration, change) {
                case .done(let value): return value
                case .conflict: conflicts += 1
                }
            } catch let error as MemcachedError where error.code == .outcomeUnknown && whenUnknown == .applyAgain {
                mayHaveStored = true
            } catch let error as MemcachedError where error.code == .timedOut && conflicts > 0 {
                throw conflictError(conflicts, "before the deadline passed", mayHaveStored, key: key, cause: error)
            }
            guard attempt < attempts else { break }
            try await client.cluster.sleep(pause.next(using: &generator), until: deadline)
        }
        throw conflictError(conflicts, "in \(attempts) attempts", mayHaveStored, key: key, cause: nil)
    }

    private enum Attempt {
        case done(Value?)
        case conflict
    }

    /// Reads, changes and stores once.
    private func attempt(
        _ key: String,
        default defaultValue: () -> Value?,
        _ expiration: Expiration?,
        isolation: isolated (any Actor)? = #isolation,
        _ change: (inout Value) async throws -> Void
    ) async throws -> Attempt {
        guard var entry = try await entry(forKey: key) else {
            guard var value = defaultValue() else { return .done(nil) }
            try await change(&value)
            switch try await add(value, forKey: key, expiration: expiration) {
            case .stored: return .done(value)
            case .exists: return .conflict
            }
        }
        try await change(&entry.value)
        do {
            switch try await store(entry, expiration: expiration) {
            case .stored: return .done(entry.value)
            case .conflict, .missing: return .conflict
            }
        } catch {
            // With a CAS, the server has restarted in between: the item is gone, or is another one.
            guard error.code == .versionUnusable, entry.version.cas != 0 else { throw error }
            return .conflict
        }
    }

    private func conflictError(
        _ conflicts: Int,
        _ bound: String,
        _ mayHaveStored: Bool,
        key: String,
        cause: MemcachedError?
    ) -> MemcachedError {
        MemcachedError(
            .tooManyConflicts,
            "the update met \(conflicts) \(conflicts == 1 ? "conflict" : "conflicts") with other writers \(bound)"
                + (mayHaveStored ? ", and it isn't known whether it stored its change; " : ", and stored nothing; ")
                + "allow more attempts or a longer timeout, or spread the writes over more keys",
            server: cause?.server,
            key: key,
            cause: cause
        )
    }
}
