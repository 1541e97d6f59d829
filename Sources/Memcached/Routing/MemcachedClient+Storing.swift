package import MemcachedFraming
public import NIOCore

extension MemcachedClient {
    /// Stores a value, whatever was there. Returns its version.
    ///
    /// A value that doesn't fit into an item of the server is refused before it is sent, with
    /// ``MemcachedError/Code/valueTooLarge``, since a SET that is too large drops the old item. So does one that the server itself
    /// refuses, with that or with ``MemcachedError/Code/outOfMemory``.
    @discardableResult
    public func set(
        _ key: String,
        to value: ByteBuffer,
        flags: UInt32 = 0,
        expiration: Expiration = .never
    ) async throws(MemcachedError) -> ItemVersion {
        let item = StoreItem(value: value, flags: flags, expiration: expiration)
        return try await set(try itemKey(key), item)
    }

    package func set(_ key: ItemKey, _ item: StoreItem) async throws(MemcachedError) -> ItemVersion {
        let request = try request(toStore: key, item)
        let answer = try await cluster.send(request, for: key, timeout: timeout)
        guard answer.reply.status == .success else {
            throw answer.reply.unexpected(from: answer.origin.server, key: key)
        }
        return answer.reply.version(from: answer.origin)
    }

    /// Stores a value where the key holds none. Where it holds one, the outcome is ``AddOutcome/exists``, and nothing has changed.
    public func add(
        _ key: String,
        value: ByteBuffer,
        flags: UInt32 = 0,
        expiration: Expiration = .never
    ) async throws(MemcachedError) -> AddOutcome {
        try await add(try itemKey(key), StoreItem(value: value, flags: flags, expiration: expiration))
    }

    package func add(_ key: ItemKey, _ item: StoreItem) async throws(MemcachedError) -> AddOutcome {
        let request = try build(key) { () throws(FramingError) in
            try .add(key, value: item.value, flags: item.flags, expiration: encoded(item.expiration))
        }
        let answer = try await cluster.send(request, for: key, timeout: timeout)
        switch answer.reply.status {
        case .success: return .stored(answer.reply.version(from: answer.origin))
        case .keyExists: return .exists
        default: throw answer.reply.unexpected(from: answer.origin.server, key: key)
        }
    }

    /// Stores a value where the key holds one already. Where it holds none, the outcome is ``ReplaceOutcome/missing``, and nothing is
    /// stored.
    public func replace(
        _ key: String,
        value: ByteBuffer,
        flags: UInt32 = 0,
        expiration: Expiration = .never
    ) async throws(MemcachedError) -> ReplaceOutcome {
        try await replace(try itemKey(key), StoreItem(value: value, flags: flags, expiration: expiration))
    }

    package func replace(_ key: ItemKey, _ item: StoreItem) async throws(MemcachedError) -> ReplaceOutcome {
        let request = try request(toStore: key, item, mode: .replace)
        let answer = try await cluster.send(request, for: key, timeout: timeout)
        switch answer.reply.status {
        case .success: return .stored(answer.reply.version(from: answer.origin))
        case .keyNotFound: return .missing
        default: throw answer.reply.unexpected(from: answer.origin.server, key: key)
        }
    }

    /// Stores a value where the item still has that version.
    ///
    /// - Throws: ``MemcachedError/Code/versionUnusable`` where the server can't compare it: it has restarted, the version is
    ///   another server's, or the server keeps no CAS. Nothing is overwritten then.
    public func compareAndSwap(
        _ key: String,
        to value: ByteBuffer,
        flags: UInt32 = 0,
        expiration: Expiration = .never,
        expecting version: ItemVersion
    ) async throws(MemcachedError) -> StoreOutcome {
        let item = StoreItem(value: value, flags: flags, expiration: expiration)
        return try await compareAndSwap(try itemKey(key), item, expecting: version)
    }

    package func compareAndSwap(
        _ key: ItemKey,
        _ item: StoreItem,
        expecting version: ItemVersion
    ) async throws(MemcachedError) -> StoreOutcome {
        let request = try request(toStore: key, item, expecting: version)
        let answer = try await cluster.send(request, for: key, demanding: version, timeout: timeout)
        return try StoreOutcome(answer.reply, from: answer.origin, key: key)
    }

    /// Adds bytes at the end of an item's value. Its flags and its expiration stay.
    public func append(_ value: ByteBuffer, to key: String) async throws(MemcachedError) -> AppendOutcome {
        try await concatenate(.append, value, key)
    }

    /// Adds bytes at the start of an item's value. Its flags and its expiration stay.
    public func prepend(_ value: ByteBuffer, to key: String) async throws(MemcachedError) -> AppendOutcome {
        try await concatenate(.prepend, value, key)
    }

    private func concatenate(
        _ side: Request.Side,
        _ value: ByteBuffer,
        _ key: String
    ) async throws(MemcachedError) -> AppendOutcome {
        let key = try itemKey(key)
        let request = try build(key) { () throws(FramingError) in try .concatenate(side, key, value: value) }
        let answer = try await cluster.send(request, for: key, timeout: timeout)
        switch answer.reply.status {
        case .success: return .stored(answer.reply.version(from: answer.origin))
        case .notStored: return .notStored
        default: throw answer.reply.unexpected(from: answer.origin.server, key: key)
        }
    }
}

extension MemcachedClient {
    /// - Parameter version: the version that the item must have; nil for any.
    package func request(
        toStore key: ItemKey,
        _ item: StoreItem,
        mode: Request.StoreMode = .set,
        expecting version: ItemVersion? = nil,
        answer: Request.Answer = .always
    ) throws(MemcachedError) -> Request {
        try build(key) { () throws(FramingError) in
            try .store(
                mode,
                key,
                value: item.value,
                flags: item.flags,
                expiration: encoded(item.expiration),
                cas: version?.cas ?? 0,
                answer: answer
            )
        }
    }

    package func build(
        _ key: ItemKey,
        _ request: () throws(FramingError) -> Request
    ) throws(MemcachedError) -> Request {
        do {
            return try request()
        } catch {
            throw MemcachedError(.valueTooLarge, "\(error). Nothing was sent", key: key)
        }
    }
}

extension Reply {
    package func version(from origin: ItemVersion.Origin) -> ItemVersion { ItemVersion(cas: cas, origin: origin) }
}

extension StoreOutcome {
    package init(_ reply: Reply, from origin: ItemVersion.Origin, key: ItemKey) throws(MemcachedError) {
        switch reply.status {
        case .success: self = .stored(reply.version(from: origin))
        case .keyExists: self = .conflict
        case .keyNotFound: self = .missing
        default: throw reply.unexpected(from: origin.server, key: key)
        }
    }
}
