extension MemcachedDict {
    /// The stored value; where there is none, the one that `compute` makes, which is then stored.
    ///
    /// Of several callers in this process that miss the same key of this dictionary (or of its ``timeout(_:)`` views) at the same
    /// time, one computes, and the others get its value. Other processes may compute it, too: the first one's value is stored and
    /// returned by all.
    ///
    /// ```swift
    /// let page = try await pages.value(forKey: "home") { try await render() }
    /// ```
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - expiration: when the stored item ends; nil for the dictionary's own default.
    ///   - compute: makes the value. The dictionary's deadline doesn't bound it.
    /// - Throws: ``MemcachedError`` where the value can be neither read nor stored, and what `compute` throws, to each caller that
    ///   waits for it.
    public func value(
        forKey key: String,
        expiration: Expiration? = nil,
        isolation: isolated (any Actor)? = #isolation,
        orStore compute: () async throws -> Value
    ) async throws -> Value {
        while true {
            if let value = try await value(forKey: key) { return value }
            switch await flights.join(key) {
            case .follow(let result):
                return try result.get()
            case .lookAgain:
                continue
            case .cancelled:
                throw MemcachedError(.cancelled, "the task was cancelled", key: key)
            case .lead:
                do {
                    let value = try await lead(key, expiration, compute)
                    flights.land(key, .success(value))
                    return value
                } catch {
                    flights.land(key, Task.isCancelled ? nil : .failure(error))
                    throw error
                }
            }
        }
    }

    private func lead(
        _ key: String,
        _ expiration: Expiration?,
        isolation: isolated (any Actor)? = #isolation,
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
