import MemcachedFraming

/// A dictionary whose values are kept in memcached, under keys with a common prefix.
///
/// ```swift
/// let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json().compressed(above: 1_024))
/// try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada", expiration: .after(.seconds(3600)))
/// let ada = try await profiles["ada"]     // Profile?; nil is a miss, an outage throws
/// ```
///
/// What comes out is a copy, and a changed copy is stored only by a call that says so: ``store(_:forKey:expiration:)`` whatever is
/// there, ``store(_:expiration:)->StoreOutcome`` where nobody else has stored meanwhile, or ``update(forKey:expiration:attempts:whenUnknown:_:)``,
/// which reads, changes and stores until no other writer is in between.
///
/// - A miss is nil. An item can vanish at any time: by its expiration, when the server needs room, when it restarts.
/// - A lost race is an outcome, such as ``StoreOutcome/conflict``.
/// - Everything else throws ``MemcachedError``: an outage, a deadline, a key that is empty or too long. A value that the codec can't read throws ``MemcachedError/Code/undecodable`` and
///   is never taken for a miss.
///
/// Keys are compared as memcached does, by their bytes in UTF-8: a composed and a decomposed "é" are two keys.
///
/// A dictionary is a small value; any number of them, of different types and prefixes, can use the same client.
public struct MemcachedDict<Value: Sendable>: Sendable {
    let client: MemcachedClient
    let keys: KeySpace
    let codec: DictionaryCodec<Value>
    let flags: FlagsConvention
    let settings: EffectiveSettings
    let flights: Flights<Value>
    let countingChecks: CountingChecks

    /// A dictionary on that client's servers.
    ///
    /// What the client's configuration sets for this dictionary, under its plain key prefix, comes before what is given here, and what it
    /// sets for all dictionaries after; ``DictionarySettings`` tells of both. Changes of the configuration are followed.
    ///
    /// With a `longestKey` or `largestValue` out of its range every call for a key throws ``MemcachedError/Code/invalidArgument``, and
    /// nothing is sent. A call that tells for each key, such as ``results(forKeys:)``, tells that of each. A batch without keys still
    /// succeeds.
    ///
    /// - Parameters:
    ///   - client: the client that it uses.
    ///   - keyPrefix: what its keys begin with; a separator follows it.
    ///   - codec: how its values become bytes. What is stored compressed with zlib or gzip is inflated before the codec reads it, unless
    ///     it does that by itself (``ValueCodec/compresses``).
    ///   - expiration: when values end that are stored without an expiration of their own. Default: as configured, else never.
    ///   - longestKey: the longest key, in bytes of UTF-8 with its prefix and separator, 1 to 250. Default: as configured, else 250.
    ///   - largestValue: the largest value, in bytes as it is stored, 1 or more; a larger one throws
    ///     ``MemcachedError/Code/valueTooLarge``, and nothing is sent. Default: as configured, else what the server takes.
    ///   - longKeys: what becomes of longer keys. Default: they are refused.
    ///   - flags: how an item's flags tell the format of its value. Default: this package's own convention.
    public init(
        _ client: MemcachedClient,
        keyPrefix: KeyPrefix,
        codec: any ValueCodec<Value>,
        expiration: Expiration? = nil,
        longestKey: Int? = nil,
        largestValue: Int? = nil,
        longKeys: LongKeyPolicy = .refuse,
        flags: FlagsConvention = .native
    ) {
        self.client = client
        keys = KeySpace(
            prefix: keyPrefix,
            longKeys: longKeys,
            disclosure: client.cluster.disclosure
        )
        self.codec = DictionaryCodec(codec)
        self.flags = flags
        settings = EffectiveSettings(
            client.cluster.dictionaries,
            prefix: keyPrefix.plainText,
            code: DictionarySettings(expiration: expiration, longestKey: longestKey, largestValue: largestValue),
            codecCompresses: self.codec.compresses
        )
        flights = Flights()
        countingChecks = CountingChecks()
    }

    init(_ other: MemcachedDict, client: MemcachedClient) {
        self.client = client
        keys = other.keys
        codec = other.codec
        flags = other.flags
        settings = other.settings
        flights = other.flights
        countingChecks = other.countingChecks
    }

    /// The same dictionary with another deadline for each call: how long it may wait for a connection, for room and for the reply
    /// altogether. One that has passed, with zero or less, throws ``MemcachedError/Code/timedOut``, and nothing is sent.
    public func timeout(_ timeout: Duration) -> MemcachedDict {
        MemcachedDict(self, client: client.timeout(timeout))
    }
}

extension MemcachedDict {
    func itemKey(_ key: String) throws(MemcachedError) -> ItemKey {
        if let problem = settings.problem {
            throw MemcachedError(.invalidArgument, "\(problem.message). Nothing was sent")
        }
        return try keys.itemKey(key, longest: settings.values.longestKey)
    }
}

extension MemcachedDict {
    /// The stored value; nil where there is none.
    public subscript(key: String) -> Value? {
        get async throws(MemcachedError) { try await value(forKey: key) }
    }

    /// The stored value; nil where there is none.
    public func value(forKey key: String) async throws(MemcachedError) -> Value? {
        try await entry(forKey: key)?.value
    }

    /// The stored value, whose item gets a new expiration; nil where there is none. Its version stays the same.
    ///
    /// - Throws: ``MemcachedError/Code/outcomeUnknown`` where no reply came: the new expiration may have been set.
    public func value(
        forKey key: String,
        settingExpiration expiration: Expiration
    ) async throws(MemcachedError) -> Value? {
        let itemKey = try itemKey(key)
        let request = Request.getAndTouch(itemKey, expiration: client.encoded(expiration))
        return try await client.item(request, under: itemKey).map { (item) throws(MemcachedError) in
            try decode(item, itemKey)
        }
    }

    /// The stored value with its version; nil where there is none.
    public func entry(forKey key: String) async throws(MemcachedError) -> MemcachedEntry<Value>? {
        let itemKey = try itemKey(key)
        guard let item = try await client.item(.get(itemKey), under: itemKey) else { return nil }
        return MemcachedEntry(key: key, value: try decode(item, itemKey), version: item.version)
    }

    /// Whether the key holds an item, readable or not. The protocol has no way to ask without reading the value.
    public func contains(_ key: String) async throws(MemcachedError) -> Bool {
        let itemKey = try itemKey(key)
        return try await client.item(.get(itemKey), under: itemKey) != nil
    }

    /// Gives an item a new expiration; false where there is none. Its version stays the same.
    @discardableResult
    public func touch(forKey key: String, expiration: Expiration) async throws(MemcachedError) -> Bool {
        try await client.touch(try itemKey(key), expiration: expiration)
    }
}
