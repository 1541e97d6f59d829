package import MemcachedFraming
import NIOCore

/// Batches go to all their servers at once, one round trip each, and tell for each key what came of it: the failure of one server
/// hides nothing that the others have answered, and never looks like a miss.
extension MemcachedClient {
    /// The items under several keys; nil for a miss. Keys that are named twice are asked for once.
    public func getMany(_ keys: some Sequence<String>) async -> [String: Result<Item?, MemcachedError>] {
        await batch(Self.unique(keys)) { (_, key) throws(MemcachedError) in
            Node.BatchRequest(.get(key, answer: .quiet))
        } result: { (_, reply, origin, key) throws(MemcachedError) in
            guard let reply else { return nil }
            return try Item(reply, from: origin, key: key)
        }
    }

    /// The items under several keys, which get a new expiration; nil for a miss.
    public func getAndTouchMany(
        _ keys: some Sequence<String>,
        expiration: Expiration
    ) async -> [String: Result<Item?, MemcachedError>] {
        let expiration = encoded(expiration)
        return await batch(Self.unique(keys)) { (_, key) throws(MemcachedError) in
            Node.BatchRequest(.getAndTouch(key, expiration: expiration, answer: .quiet))
        } result: { (_, reply, origin, key) throws(MemcachedError) in
            guard let reply else { return nil }
            return try Item(reply, from: origin, key: key)
        }
    }

    /// Stores several values, whatever was there. A batch doesn't tell the new versions.
    public func setMany(_ items: [String: StoreItem]) async -> [String: Result<Void, MemcachedError>] {
        await batch(items.keys.sorted()) { (name, key) throws(MemcachedError) in
            try batchRequest(toSet: key, items[name] ?? StoreItem(value: ByteBuffer()))
        } result: { (_, reply, origin, key) throws(MemcachedError) in
            // A quiet store answers only where it fails.
            if let reply { throw reply.unexpected(from: origin.server, key: key) }
        }
    }

    /// Removes several items; false where there was none.
    public func deleteMany(_ keys: some Sequence<String>) async -> [String: Result<Bool, MemcachedError>] {
        await batch(Self.unique(keys)) { (_, key) throws(MemcachedError) in
            Node.BatchRequest(.delete(key, answer: .quiet))
        } result: { (_, reply, origin, key) throws(MemcachedError) in
            guard let reply else { return true }
            guard reply.status == .keyNotFound else { throw reply.unexpected(from: origin.server, key: key) }
            return false
        }
    }

    /// Stores several values, each where its item still has that version.
    public func compareAndSwapMany(
        _ items: [String: (item: StoreItem, expecting: ItemVersion)]
    ) async -> [String: Result<StoreOutcome, MemcachedError>] {
        await batch(items.keys.sorted()) { (name, key) throws(MemcachedError) in
            let (item, version) = items[name] ?? (StoreItem(value: ByteBuffer()), ItemVersion(cas: 0))
            // Not quiet: a quiet success doesn't tell the new version.
            let request = try request(toSwap: key, item, expecting: version)
            return Node.BatchRequest(request, demanding: version)
        } result: { (_, reply, origin, key) throws(MemcachedError) in
            try StoreOutcome(batchReply: reply, from: origin, key: key)
        }
    }
}

extension MemcachedClient {
    /// The keys in order of appearance, each once. A hashed collection's order would differ from run to run.
    private static func unique(_ keys: some Sequence<String>) -> [String] {
        var seen: Set<String> = []
        return keys.filter { seen.insert($0).inserted }
    }

    /// Builds a request for each key, sends those that could be built, and reads each key's result.
    package func batch<Value>(
        _ names: some Collection<String>,
        key itemKey: (String) throws(MemcachedError) -> ItemKey = { (name) throws(MemcachedError) in
            try MemcachedClient.itemKey(name)
        },
        _ request: (String, ItemKey) throws(MemcachedError) -> Node.BatchRequest,
        result: (String, Reply?, ItemVersion.Origin, ItemKey) throws(MemcachedError) -> Value
    ) async -> [String: Result<Value, MemcachedError>] {
        var results: [String: Result<Value, MemcachedError>] = [:]
        results.reserveCapacity(names.count)
        var sent: [String] = []
        var requests: [(key: ItemKey, request: Node.BatchRequest)] = []
        sent.reserveCapacity(names.count)
        requests.reserveCapacity(names.count)
        for name in names {
            do throws(MemcachedError) {
                let key = try itemKey(name)
                requests.append((key, try request(name, key)))
                sent.append(name)
            } catch {
                results[name] = .failure(error)
            }
        }
        let answers = await cluster.sendBatch(requests, timeout: timeout)
        for (index, answer) in answers.enumerated() {
            let key = requests[index].key
            switch answer {
            case .success(let (reply, origin)):
                do throws(MemcachedError) {
                    results[sent[index]] = .success(try result(sent[index], reply, origin, key))
                } catch {
                    results[sent[index]] = .failure(error)
                }
            case .failure(let error):
                results[sent[index]] = .failure(error.naming(key: "\(key)"))
            }
        }
        return results
    }
}

extension MemcachedClient {
    package func batchRequest(toSet key: ItemKey, _ item: StoreItem) throws(MemcachedError) -> Node.BatchRequest {
        let request = try build(key) { () throws(FramingError) in
            let expiration = encoded(item.expiration)
            return try .store(
                .set,
                key,
                value: item.value,
                flags: item.flags,
                expiration: expiration,
                answer: .quiet
            )
        }
        return Node.BatchRequest(request)
    }
}

extension StoreOutcome {
    /// A batch's compare-and-swaps are not quiet: each has its reply.
    package init(
        batchReply reply: Reply?,
        from origin: ItemVersion.Origin,
        key: ItemKey
    ) throws(MemcachedError) {
        guard let reply else {
            throw MemcachedError(
                .protocolViolation,
                "the server left a compare-and-swap of a batch without an answer",
                server: origin.server,
                key: "\(key)"
            )
        }
        self = try StoreOutcome(reply, from: origin, key: key)
    }
}
