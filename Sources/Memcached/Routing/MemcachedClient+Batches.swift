package import MemcachedFraming
import NIOCore

/// Batches go to all their servers at once, one round trip each, and tell for each key what came of it: the failure of one server
/// hides nothing that the others have answered, and never looks like a miss.
extension MemcachedClient {
    /// The items under several keys; nil for a miss. Keys that are named twice are asked for once, here and in the other batches.
    public func getMany(_ keys: some Sequence<String>) async -> [String: Result<Item?, MemcachedError>] {
        await batch(keys) { (_, key) throws(MemcachedError) in
            Node.BatchRequest(.get(key, answer: .quiet))
        } result: { (_, answer) throws(MemcachedError) in
            try answer.item()
        }
    }

    /// The items under several keys, which get a new expiration; nil for a miss. A key whose request was sent without an answer fails
    /// with ``MemcachedError/Code/outcomeUnknown``.
    public func getAndTouchMany(
        _ keys: some Sequence<String>,
        expiration: Expiration
    ) async -> [String: Result<Item?, MemcachedError>] {
        let expiration = encoded(expiration)
        return await batch(keys) { (_, key) throws(MemcachedError) in
            Node.BatchRequest(.getAndTouch(key, expiration: expiration, answer: .quiet))
        } result: { (_, answer) throws(MemcachedError) in
            try answer.item()
        }
    }

    /// Stores several values, whatever was there. A batch doesn't tell the new versions.
    public func setMany(_ items: [String: StoreItem]) async -> [String: Result<Void, MemcachedError>] {
        await batch(items.keys.sorted()) { (name, key) throws(MemcachedError) in
            try batchRequest(toSet: key, items[name] ?? StoreItem(value: ByteBuffer()))
        } result: { (_, answer) throws(MemcachedError) in
            try answer.stored()
        }
    }

    /// Removes several items; false where there was none.
    public func deleteMany(_ keys: some Sequence<String>) async -> [String: Result<Bool, MemcachedError>] {
        await batch(keys) { (_, key) throws(MemcachedError) in
            Node.BatchRequest(.delete(key, answer: .quiet))
        } result: { (_, answer) throws(MemcachedError) in
            try answer.removed()
        }
    }

    /// Stores several values, each where its item still has that version.
    public func compareAndSwapMany(
        _ items: [String: (item: StoreItem, expecting: ItemVersion)]
    ) async -> [String: Result<StoreOutcome, MemcachedError>] {
        await batch(items.keys.sorted()) { (name, key) throws(MemcachedError) in
            let (item, version) = items[name] ?? (StoreItem(value: ByteBuffer()), ItemVersion(cas: 0))
            // Not quiet: a quiet success doesn't tell the new version.
            let request = try request(toStore: key, item, expecting: version)
            return Node.BatchRequest(request, demanding: version)
        } result: { (_, answer) throws(MemcachedError) in
            try answer.outcome()
        }
    }
}

extension MemcachedClient {
    /// Builds a request for each key, sends those that could be built, and reads each key's result.
    package func batch<Value>(
        _ names: some Sequence<String>,
        key makeKey: ((String) throws(MemcachedError) -> ItemKey)? = nil,
        _ request: (String, ItemKey) throws(MemcachedError) -> Node.BatchRequest,
        result: (String, BatchAnswer) throws(MemcachedError) -> Value
    ) async -> [String: Result<Value, MemcachedError>] {
        let disclosure = KeyDisclosure(cluster.configuration)
        let keys = BatchKeys(names)
        let names = keys.unique
        var results: [String: Result<Value, MemcachedError>] = [:]
        results.reserveCapacity(names.count)
        var sent: [String] = []
        var requests: [(key: ItemKey, request: Node.BatchRequest)] = []
        sent.reserveCapacity(names.count)
        requests.reserveCapacity(names.count)
        for name in names {
            do throws(MemcachedError) {
                try keys.check(name)
                let key = if let makeKey { try makeKey(name) } else { try disclosure.itemKey(name) }
                requests.append((key, try request(name, key)))
                sent.append(name)
            } catch {
                results[name] = .failure(disclosure.shown(error))
            }
        }
        let answers = await cluster.sendBatch(requests, timeout: timeout)
        for (index, answer) in answers.enumerated() {
            let key = requests[index].key
            switch answer {
            case .success(let (reply, origin)):
                do throws(MemcachedError) {
                    let answer = BatchAnswer(key: key, reply: reply, origin: origin)
                    results[sent[index]] = .success(try result(sent[index], answer))
                } catch {
                    results[sent[index]] = .failure(error)
                }
            case .failure(let error):
                results[sent[index]] = .failure(error.naming(key: key))
            }
        }
        return results
    }
}

extension MemcachedClient {
    package func batchRequest(toSet key: ItemKey, _ item: StoreItem) throws(MemcachedError) -> Node.BatchRequest {
        Node.BatchRequest(try request(toStore: key, item, answer: .quiet))
    }
}
