import MemcachedFraming
import NIOCore

extension MemcachedDict {
    /// Reads a value, changes it, and stores it where nobody else has stored in between; again from the start where somebody has.
    ///
    /// ```swift
    /// try await profiles.update(forKey: "ada") { $0.visits += 1 }
    /// ```
    ///
    /// A store that may or may not have taken effect is not repeated, unless `whenUnknown` asks for it: the change would be made twice.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - expiration: when the stored item ends; nil for the dictionary's own default. A store sets it anew, since the protocol never
    ///     tells the lifetime that remains.
    ///   - attempts: how often it is tried, 1 or more. The deadline of the dictionary's view bounds all of them together, the time that
    ///     `change` takes included.
    ///   - whenUnknown: what happens when it isn't known whether a store took effect.
    ///   - change: the change. It runs once for each attempt, on a fresh copy; what it throws ends the update, and what it did in that
    ///     attempt is not stored.
    /// - Returns: the value that was stored; nil where the key holds none.
    /// - Throws: what `change` throws, and ``MemcachedError``: ``MemcachedError/Code/tooManyConflicts`` with the number of conflicts,
    ///   ``MemcachedError/Code/outcomeUnknown``, or ``MemcachedError/Code/versionUnusable`` where the server keeps no CAS (memcached's
    ///   option `-C`). After a restart of the server it goes on with what the server then holds.
    @discardableResult
    public func update(
        forKey key: String,
        expiration: Expiration? = nil,
        attempts: Int = 100,
        whenUnknown: UnknownOutcomePolicy = .fail,
        _ change: (inout Value) async throws -> Void
    ) async throws -> Value? {
        do {
            return try await update(key, ifMissing: { throw Missing() }, expiration, attempts, whenUnknown, change)
        } catch is Missing {
            return nil
        }
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
        _ change: (inout Value) async throws -> Void
    ) async throws -> Value {
        try await update(key, ifMissing: defaultValue, expiration, attempts, whenUnknown, change)
    }

    private struct Missing: Error {}

    private func update(
        _ key: String,
        ifMissing makeDefault: () throws -> Value,
        _ expiration: Expiration?,
        _ attempts: Int,
        _ whenUnknown: UnknownOutcomePolicy,
        _ change: (inout Value) async throws -> Void
    ) async throws -> Value {
        let itemKey = try itemKey(key)
        guard attempts >= 1 else {
            throw MemcachedError(.invalidArgument, "attempts must be 1 or more; it is \(attempts)", key: itemKey)
        }
        guard let span = client.cluster.observation?.updateSpan() else {
            return try await tryRepeatedly(key, itemKey, makeDefault, expiration, attempts, whenUnknown, change)
        }
        do {
            let value = try await span.run {
                try await tryRepeatedly(key, itemKey, makeDefault, expiration, attempts, whenUnknown, change, span)
            }
            span.end()
            return value
        } catch {
            span.end(error: error is Missing ? nil : error)
            throw error
        }
    }

    private func tryRepeatedly(
        _ key: String,
        _ itemKey: ItemKey,
        _ makeDefault: () throws -> Value,
        _ expiration: Expiration?,
        _ attempts: Int,
        _ whenUnknown: UnknownOutcomePolicy,
        _ change: (inout Value) async throws -> Void,
        _ span: CallSpan? = nil
    ) async throws -> Value {
        let deadline = client.cluster.now + client.timeout
        var course = UpdateCourse(key: itemKey)
        var pause = Backoff(initial: .milliseconds(1), maximum: .milliseconds(50))
        var generator = EnvironmentGenerator(client.cluster.environment)
        for attempt in 1...attempts {
            span?.setProgress(attempts: attempt, conflicts: course.conflicts)
            // The change is outside of `step`: what it throws is its own, even where it is a MemcachedError.
            let entry = try await course.step { () async throws(MemcachedError) in
                try await view(until: deadline).entry(forKey: key)
            }
            var value = if let entry { entry.value } else { try makeDefault() }
            try await change(&value)
            do {
                if try await view(until: deadline).put(value, forKey: key, expiration, expecting: entry?.version) {
                    return value
                }
                course.conflicts += 1
                span?.setProgress(attempts: attempt, conflicts: course.conflicts)
            } catch {
                guard error.code == .outcomeUnknown, whenUnknown == .applyAgain else {
                    throw course.ending(with: error)
                }
                course.unknownStore = error
            }
            guard attempt < attempts else { break }
            let wait = pause.next(using: &generator)
            try await course.step { () async throws(MemcachedError) in
                try await client.cluster.sleep(wait, until: deadline)
            }
        }
        throw course.outOfAttempts(attempts)
    }

    private func view(until deadline: NIODeadline) -> MemcachedDict {
        MemcachedDict(self, client: client.until(deadline))
    }

    /// Stores the value where the item has that version, or where there is none; false where another writer was first.
    private func put(
        _ value: Value,
        forKey key: String,
        _ expiration: Expiration?,
        expecting version: ItemVersion?
    ) async throws(MemcachedError) -> Bool {
        guard let version else {
            return try await add(value, forKey: key, expiration: expiration) != .exists
        }
        do {
            let entry = MemcachedEntry(key: key, value: value, version: version)
            return switch try await store(entry, expiration: expiration) {
            case .stored: true
            case .conflict, .missing: false
            }
        } catch {
            // With a CAS, the server has restarted in between: the item is gone, or is another one.
            guard error.code == .versionUnusable, version.cas != 0 else { throw error }
            return false
        }
    }
}
