package import MemcachedFraming
import NIOCore

extension MemcachedClient {
    /// The item under a key; nil where there is none.
    public func get(_ key: String) async throws(MemcachedError) -> MemcachedItem? {
        let key = try itemKey(key)
        return try await item(.get(key), under: key)
    }

    /// The item under a key, which gets a new expiration; nil where there is none. Its version stays the same.
    ///
    /// - Throws: ``MemcachedError/Code/outcomeUnknown`` where it isn't known whether the expiration was set.
    public func getAndTouch(_ key: String, expiration: Expiration) async throws(MemcachedError) -> MemcachedItem? {
        let key = try itemKey(key)
        return try await item(.getAndTouch(key, expiration: encoded(expiration)), under: key)
    }

    package func item(_ request: Request, under key: ItemKey) async throws(MemcachedError) -> MemcachedItem? {
        let (reply, origin) = try await cluster.send(request, for: key, timeout: timeout)
        return try MemcachedItem(consume reply, from: consume origin) { key }
    }

    /// Gives an item a new expiration; false where there is none. Its version stays the same.
    @discardableResult
    public func touch(_ key: String, expiration: Expiration) async throws(MemcachedError) -> Bool {
        try await touch(try itemKey(key), expiration: expiration)
    }

    package func touch(_ key: ItemKey, expiration: Expiration) async throws(MemcachedError) -> Bool {
        let answer = try await cluster.send(
            .touch(key, expiration: encoded(expiration)),
            for: key,
            timeout: timeout
        )
        switch answer.reply.status {
        case .success: return true
        case .keyNotFound: return false
        default: throw answer.reply.unexpected(from: answer.origin.server, key: key)
        }
    }
}

extension MemcachedItem {
    /// The item of a get's reply; nil for a miss.
    ///
    /// - Parameter isShared: whether its value keeps the memory that it was read into, however large; else a small one is taken out of it.
    package init?(
        _ reply: consuming Reply,
        from origin: consuming ItemVersion.Origin,
        isShared: Bool = false,
        key: () -> ItemKey
    ) throws(MemcachedError) {
        switch reply.status {
        case .success:
            let (flags, cas) = (reply.flags ?? 0, reply.cas)
            let value = reply.takeValue()
            let version = ItemVersion(cas: cas, origin: origin)
            self.init(value: isShared ? value : value.compacted(), flags: flags, version: version)
        case .keyNotFound:
            return nil
        default:
            throw reply.unexpected(from: origin.server, key: key())
        }
    }
}

extension MemcachedClient {
    package func itemKey(_ key: String) throws(MemcachedError) -> ItemKey {
        try cluster.disclosure.itemKey(key)
    }

    package func encoded(_ expiration: Expiration) -> UInt32 {
        expiration.encoded(now: cluster.environment.wallClock())
    }
}
