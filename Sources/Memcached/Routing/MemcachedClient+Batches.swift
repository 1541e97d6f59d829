package import MemcachedFraming
import NIOCore

/// Batches go to all their servers at once, one round trip each, and tell for each key what came of it: the failure of one server
/// hides nothing that the others have answered, and never looks like a miss.
extension MemcachedClient {
    /// The items under several keys; nil for a miss. Keys that are named twice are asked for once, here and in the other batches.
    ///
    /// The values share memory; see ``MemcachedItem/value``.
    public func getMany(_ keys: some Sequence<String>) async -> [String: Result<MemcachedItem?, MemcachedError>] {
        await batch(Array(keys), .get) { (_, key, answer) throws(MemcachedError) in try answer.item(under: key) }
    }

    /// The items under several keys, which get a new expiration; nil for a miss. A key whose request was sent without an answer fails
    /// with ``MemcachedError/Code/outcomeUnknown``. The values share memory; see ``MemcachedItem/value``.
    public func getAndTouchMany(
        _ keys: some Sequence<String>,
        expiration: Expiration
    ) async -> [String: Result<MemcachedItem?, MemcachedError>] {
        await batch(Array(keys), .getAndTouch(expiration: encoded(expiration))) {
            (_, key, answer) throws(MemcachedError) in try answer.item(under: key)
        }
    }

    /// Stores several values, whatever was there. A batch doesn't tell the new versions.
    public func setMany(_ items: [String: StoreItem]) async -> [String: Result<Void, MemcachedError>] {
        await storeBatch(items.keys.sorted()) { (name, key) throws(MemcachedError) in
            try batchRequest(toSet: key, items[name] ?? StoreItem(value: ByteBuffer()))
        } result: { (_, key, answer) throws(MemcachedError) in
            try answer.stored(under: key)
        }
    }

    /// Removes several items; false where there was none.
    public func deleteMany(_ keys: some Sequence<String>) async -> [String: Result<Bool, MemcachedError>] {
        await batch(Array(keys), .delete) { (_, key, answer) throws(MemcachedError) in try answer.removed(under: key) }
    }

    /// Stores several values, each where its item still has that version.
    public func compareAndSwapMany(
        _ items: [String: (item: StoreItem, expecting: ItemVersion)]
    ) async -> [String: Result<StoreOutcome, MemcachedError>] {
        await storeBatch(items.keys.sorted()) { (name, key) throws(MemcachedError) in
            let (item, version) = items[name] ?? (StoreItem(value: ByteBuffer()), ItemVersion(cas: 0))
            // Not quiet: a quiet success doesn't tell the new version.
            let request = try request(toStore: key, item, expecting: version)
            return BatchRequests.Member(request, demanding: version)
        } result: { (_, key, answer) throws(MemcachedError) in
            try answer.outcome(under: key)
        }
    }
}

extension MemcachedClient {
    /// Sends a command for each key that is one, and reads each key's result.
    ///
    /// - Parameters:
    ///   - makeKey: how a name becomes a key; nil where it is one.
    ///   - result: what the answer means, given the name and, for an error, the key.
    package func batch<Value>(
        _ names: [String],
        key makeKey: ((String) throws(MemcachedError) -> ItemKey)? = nil,
        _ command: BatchRequests.Command,
        result: (String, () -> ItemKey, consuming BatchAnswer) throws(MemcachedError) -> Value
    ) async -> [String: Result<Value, MemcachedError>] {
        var batch = NamedBatch<Value>(names, cluster.disclosure)
        batch.makeKeys(makeKey) { _, _ in }
        return await send(command, of: &batch, result)
    }

    /// Builds a store for each key, sends those that could be built, and reads each key's result.
    package func storeBatch<Value>(
        _ names: [String],
        key makeKey: ((String) throws(MemcachedError) -> ItemKey)? = nil,
        _ request: (String, ItemKey) throws(MemcachedError) -> BatchRequests.Member,
        result: (String, () -> ItemKey, consuming BatchAnswer) throws(MemcachedError) -> Value
    ) async -> [String: Result<Value, MemcachedError>] {
        var batch = NamedBatch<Value>(names, cluster.disclosure)
        var members: [BatchRequests.Member] = []
        members.reserveCapacity(names.count)
        batch.makeKeys(makeKey) { (name, key) throws(MemcachedError) in members.append(try request(name, key)) }
        return await send(.store(members), of: &batch, result)
    }

    private func send<Value>(
        _ command: BatchRequests.Command,
        of batch: inout NamedBatch<Value>,
        _ result: (String, () -> ItemKey, consuming BatchAnswer) throws(MemcachedError) -> Value
    ) async -> [String: Result<Value, MemcachedError>] {
        await cluster.sendBatch(BatchRequests(command, keys: batch.keys), timeout: timeout) { index, answer in
            batch.note(answer, at: index, result)
        }
        return batch.takeResults()
    }

    package func batchRequest(toSet key: ItemKey, _ item: StoreItem) throws(MemcachedError) -> BatchRequests.Member {
        BatchRequests.Member(try request(toStore: key, item, answer: .quiet))
    }
}
