import MemcachedFraming

extension MemcachedDict {
    /// The stored value; where there is none, the one that `compute` makes, which is then stored.
    ///
    /// Of several callers in this process that miss the same key of this dictionary, of a copy or of a ``timeout(_:)`` view at the same
    /// time, one computes, and the others get its value: make the dictionary once and keep it. Other processes may compute it, too: the
    /// first one's value is stored and returned by all.
    ///
    /// ```swift
    /// let page = try await pages.value(forKey: "home") { try await render() }
    /// ```
    ///
    /// An error is not kept: the next caller computes again. Where the caller that computes is cancelled or runs out of its own time, one
    /// of those that wait takes its place. A stored value that can't be decoded throws ``MemcachedError/Code/undecodable`` and is not
    /// replaced.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - expiration: when the stored item ends; nil for the dictionary's own default.
    ///   - compute: makes the value. The dictionary's deadline doesn't bound it, nor the wait for it in another task; cancelling does.
    ///     It must not ask for the same key in this way, since it would wait for itself.
    /// - Throws: what `compute` throws, to each caller that waits for it, and ``MemcachedError`` where the value can't be read, or can't
    ///   be stored once it is computed.
    public func value(
        forKey key: String,
        expiration: Expiration? = nil,
        orStore compute: () async throws -> Value
    ) async throws -> Value {
        let itemKey = try itemKey(key)
        while true {
            if let value = try await value(forKey: key) { return value }
            switch await flights.join(itemKey) {
            case .follow(let result):
                return try result.get()
            case .lookAgain:
                continue
            case .cancelled:
                throw MemcachedError(.cancelled, "the task was cancelled", key: itemKey)
            case .lead:
                return try await lead(key, itemKey, expiration, compute)
            }
        }
    }

    private func lead(
        _ key: String,
        _ itemKey: ItemKey,
        _ expiration: Expiration?,
        _ compute: () async throws -> Value
    ) async throws -> Value {
        var isComputing = false
        do {
            let value = try await computed(key, expiration) {
                isComputing = true
                let value = try await compute()
                isComputing = false
                return value
            }
            flights.land(itemKey, .success(value))
            return value
        } catch {
            // A cancelled task and a view's deadline are this caller's own; what else went wrong is everybody's.
            let isOutOfTime = !isComputing && (error as? MemcachedError)?.isOutOfTime == true
            flights.land(itemKey, Task.isCancelled || isOutOfTime ? nil : .failure(error))
            throw error
        }
    }

    private func computed(
        _ key: String,
        _ expiration: Expiration?,
        _ compute: () async throws -> Value
    ) async throws -> Value {
        // Between this caller's miss and its lead another leader may have stored the value.
        if let value = try await value(forKey: key) { return value }
        let value = try await compute()
        switch try await add(value, forKey: key, expiration: expiration) {
        case .stored: return value
        case .exists: return try await self.value(forKey: key) ?? value
        }
    }
}

extension MemcachedError {
    /// Whether the caller's own deadline has passed, before its request was sent or after.
    fileprivate var isOutOfTime: Bool {
        code == .timedOut || (code == .outcomeUnknown && (cause as? MemcachedError)?.code == .timedOut)
    }
}
