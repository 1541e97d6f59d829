import MemcachedFraming

extension MemcachedDict {
    /// Stores a value, whatever was there. Returns its version.
    ///
    /// - Parameters:
    ///   - value: the value, of which a copy is stored.
    ///   - key: the key.
    ///   - expiration: when the item ends; nil for the dictionary's own default.
    /// - Throws: ``MemcachedError/Code/unencodable``, or ``MemcachedError/Code/valueTooLarge`` where the client knows the server's
    ///   limit, and nothing was sent; the latter or ``MemcachedError/Code/outOfMemory`` where the server itself refuses the value, which
    ///   has then **dropped the item that was there**; ``MemcachedError/Code/outcomeUnknown`` where it was sent and no reply came.
    @discardableResult
    public func store(
        _ value: Value,
        forKey key: String,
        expiration: Expiration? = nil
    ) async throws(MemcachedError) -> ItemVersion {
        let key = try itemKey(key)
        return try await client.set(key, try encode(value, expiration, under: key))
    }

    /// Stores a value where the key holds none. Where it holds one, the outcome is ``AddOutcome/exists``, and nothing has changed.
    ///
    /// - Parameters:
    ///   - value: the value, of which a copy is stored.
    ///   - key: the key.
    ///   - expiration: when the item ends; nil for the dictionary's own default.
    /// - Throws: as ``store(_:forKey:expiration:)``; what the server itself refuses has dropped nothing.
    public func add(
        _ value: Value,
        forKey key: String,
        expiration: Expiration? = nil
    ) async throws(MemcachedError) -> AddOutcome {
        let key = try itemKey(key)
        return try await client.add(key, try encode(value, expiration, under: key))
    }

    /// Stores a value where the key holds one already. Where it holds none, the outcome is ``ReplaceOutcome/missing``, and nothing is
    /// stored.
    ///
    /// - Parameters:
    ///   - value: the value, of which a copy is stored.
    ///   - key: the key.
    ///   - expiration: when the item ends; nil for the dictionary's own default.
    /// - Throws: as ``store(_:forKey:expiration:)``; what the server itself refuses has dropped nothing.
    public func replace(
        _ value: Value,
        forKey key: String,
        expiration: Expiration? = nil
    ) async throws(MemcachedError) -> ReplaceOutcome {
        let key = try itemKey(key)
        return try await client.replace(key, try encode(value, expiration, under: key))
    }

    /// Stores an entry's value where nobody else has stored since it was read. Where somebody has, the outcome is
    /// ``StoreOutcome/conflict``, and where the item is gone ``StoreOutcome/missing``; nothing has changed then.
    ///
    /// The protocol can't tell how long the item had still to live, and a store sets its expiration anew: name the one that it is
    /// to have.
    ///
    /// - Parameters:
    ///   - entry: the entry, with the version that it was read with.
    ///   - expiration: when the item ends; nil for the dictionary's own default.
    /// - Throws: ``MemcachedError/Code/versionUnusable`` where the server can't compare the version, as after its restart;
    ///   else as ``store(_:forKey:expiration:)``.
    public func store(
        _ entry: MemcachedEntry<Value>,
        expiration: Expiration? = nil
    ) async throws(MemcachedError) -> StoreOutcome {
        let key = try itemKey(entry.key)
        let item = try encode(entry.value, expiration, under: key)
        return try await client.compareAndSwap(key, item, expecting: entry.version)
    }

    /// Removes an item; false where there was none.
    @discardableResult
    public func removeValue(forKey key: String) async throws(MemcachedError) -> Bool {
        try await client.delete(try itemKey(key))
    }

    /// Removes an entry's item where nobody else has stored since it was read. Where somebody has, the outcome is
    /// ``RemoveOutcome/conflict``, and nothing has changed; where the item is gone already, ``RemoveOutcome/missing``.
    ///
    /// - Throws: ``MemcachedError/Code/versionUnusable`` where the server can't compare the version, as after its restart.
    public func remove(_ entry: MemcachedEntry<Value>) async throws(MemcachedError) -> RemoveOutcome {
        try await client.delete(try itemKey(entry.key), expecting: entry.version)
    }
}
