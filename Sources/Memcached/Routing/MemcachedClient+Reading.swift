package import MemcachedFraming
import NIOCore

extension MemcachedClient {
    /// The item under a key; nil where there is none.
    public func get(_ key: String) async throws(MemcachedError) -> Item? {
        let key = try itemKey(key)
        return try await item(.get(key), under: key)
    }

    /// The item under a key, which gets a new expiration; nil where there is none. Its version stays the same.
    ///
    /// - Throws: ``MemcachedError/Code/outcomeUnknown`` where it isn't known whether the expiration was set.
    public func getAndTouch(_ key: String, expiration: Expiration) async throws(MemcachedError) -> Item? {
        let key = try itemKey(key)
        return try await item(.getAndTouch(key, expiration: encoded(expiration)), under: key)
    }

    package func item(_ request: Request, under key: ItemKey) async throws(MemcachedError) -> Item? {
        let (reply, origin) = try await cluster.send(request, for: key, timeout: timeout)
        return try Item(consume reply, from: consume origin, key: key)
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

extension Item {
    /// The item of a get's reply; nil for a miss. A small value is taken out of a large buffer.
    package init?(
        _ reply: consuming Reply,
        from origin: consuming ItemVersion.Origin,
        key: ItemKey
    ) throws(MemcachedError) {
        try self.init(sharing: consume reply, from: consume origin) { key }
        value = value.compacted()
    }

    /// The item of a get's reply, with the memory that it was read into; nil for a miss.
    package init?(
        sharing reply: consuming Reply,
        from origin: consuming ItemVersion.Origin,
        key: () -> ItemKey
    ) throws(MemcachedError) {
        switch reply.status {
        case .success:
            let (flags, cas) = (reply.flags ?? 0, reply.cas)
            self.init(value: reply.takeValue(), flags: flags, version: ItemVersion(cas: cas, origin: origin))
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
