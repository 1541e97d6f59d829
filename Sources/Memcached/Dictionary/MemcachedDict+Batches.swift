import MemcachedFraming

/// Batches cost one round trip for each server, or several where they are larger than ``ClientConfiguration/batchWindow``. They come
/// in two faces: one that throws where any key failed, and one, `results`, that tells for each key what came of it. The failure of one
/// server hides nothing that the others have answered in `results`, and never looks like a miss in either.
///
/// A key that is named twice is asked for once. A key that is wrong fails alone, and nothing is sent for it.
extension MemcachedDict {
    /// The stored values under several keys; those without one are left out.
    ///
    /// - Throws: the first failure by the keys' order, where any key failed. ``results(forKeys:)`` tells all.
    public func values(forKeys keys: some Sequence<String>) async throws(MemcachedError) -> [String: Value] {
        try Self.all(await results(forKeys: keys)).compactMapValues(\.self)
    }

    /// The stored values with their versions under several keys; those without one are left out.
    ///
    /// - Throws: the first failure by the keys' order, where any key failed. ``entryResults(forKeys:)`` tells all.
    public func entries(
        forKeys keys: some Sequence<String>
    ) async throws(MemcachedError) -> [String: MemcachedEntry<Value>] {
        try Self.all(await entryResults(forKeys: keys)).compactMapValues(\.self)
    }

    /// For each key its stored value, nil for a miss, or why that isn't known.
    ///
    /// ```swift
    /// for (key, result) in await profiles.results(forKeys: ["ada", "grace"]) {
    ///     switch result {
    ///     case .success(let profile?): print(key, profile)
    ///     case .success(nil): print(key, "isn't there")
    ///     case .failure(let error): print(key, "isn't known:", error)
    ///     }
    /// }
    /// ```
    public func results(forKeys keys: some Sequence<String>) async -> [String: Result<Value?, MemcachedError>] {
        await entryResults(forKeys: keys).mapValues { $0.map { $0?.value } }
    }

    /// For each key its stored value with its version, nil for a miss, or why that isn't known.
    public func entryResults(
        forKeys names: some Sequence<String>
    ) async -> [String: Result<MemcachedEntry<Value>?, MemcachedError>] {
        await client.batch(Array(names), key: itemKey, .get) { (name, key, answer) throws(MemcachedError) in
            guard var item = try answer.item(under: key) else { return nil }
            // The value that is decoded may be these bytes.
            item.value = item.value.compacted()
            return MemcachedEntry(key: name, value: try decode(item, key()), version: item.version)
        }
    }

    /// Stores several values, whatever was there. A batch doesn't tell the new versions.
    ///
    /// - Throws: the first failure by the keys' order, where any key failed; the others are stored. ``results(storing:expiration:)`` tells all.
    public func store(_ values: [String: Value], expiration: Expiration? = nil) async throws(MemcachedError) {
        _ = try Self.all(await results(storing: values, expiration: expiration))
    }

    /// Stores several values, whatever was there, and tells for each key whether that failed.
    public func results(
        storing values: [String: Value],
        expiration: Expiration? = nil
    ) async -> [String: Result<Void, MemcachedError>] {
        await client.storeBatch(values.keys.sorted(), key: itemKey) { (name, key) throws(MemcachedError) in
            guard let value = values[name] else { throw MemcachedError(.invalidArgument, "no value", key: name) }
            return try client.batchRequest(toSet: key, try encode(value, expiration, under: key))
        } result: { (_, key, answer) throws(MemcachedError) in
            try answer.stored(under: key)
        }
    }

    /// Stores several entries, each where nobody else has stored since it was read, and tells each key's outcome.
    ///
    /// Of several entries with the same key the last one is stored.
    public func outcomes(
        storing entries: some Sequence<MemcachedEntry<Value>>,
        expiration: Expiration? = nil
    ) async -> [String: Result<StoreOutcome, MemcachedError>] {
        let pairs = entries.map { ($0.key, $0) }
        let entries = Dictionary(pairs) { $1 }
        return await client.storeBatch(pairs.map(\.0), key: itemKey) { (name, key) throws(MemcachedError) in
            guard let entry = entries[name] else { throw MemcachedError(.invalidArgument, "no entry", key: name) }
            let item = try encode(entry.value, expiration, under: key)
            return BatchRequests.Member(
                try client.request(toStore: key, item, expecting: entry.version),
                demanding: entry.version
            )
        } result: { (_, key, answer) throws(MemcachedError) in
            try answer.outcome(under: key)
        }
    }

    /// Removes several values. Returns the keys that held one.
    ///
    /// - Throws: the first failure by the keys' order, where any key failed; the others are removed. ``results(removing:)`` tells all.
    @discardableResult
    public func removeValues(forKeys keys: some Sequence<String>) async throws(MemcachedError) -> Set<String> {
        Set(try Self.all(await results(removing: keys)).filter(\.value).keys)
    }

    /// Removes several values, and tells for each key whether it held one.
    public func results(removing names: some Sequence<String>) async -> [String: Result<Bool, MemcachedError>] {
        await client.batch(Array(names), key: itemKey, .delete) { (_, key, answer) throws(MemcachedError) in
            try answer.removed(under: key)
        }
    }
}

extension MemcachedDict {
    /// All values, or the first failure by the order of the keys.
    private static func all<Answer>(
        _ results: [String: Result<Answer, MemcachedError>]
    ) throws(MemcachedError) -> [String: Answer] {
        var values: [String: Answer] = [:]
        values.reserveCapacity(results.count)
        var failures: [(key: String, error: MemcachedError)] = []
        for (key, result) in results {
            switch result {
            case .success(let value): values[key] = value
            case .failure(let error): failures.append((key, error))
            }
        }
        guard let first = failures.min(by: { $0.key < $1.key }) else { return values }
        guard failures.count > 1 else { throw first.error }
        throw first.error.preceded(by: "\(failures.count) of \(results.count) keys failed, this one among them: ")
    }
}
