import MemcachedFraming
import NIOCore

extension MemcachedDict where Value == UInt64 {
    /// Adds to a counter, and returns its new value; nil where there is none.
    ///
    /// The server does the sum, so that no two calls are counted as one. It wraps at 2^64, and the counter keeps its expiration. A
    /// counter is an item of decimal text, as `.integer()` and `.json()` store it: the dictionary's other calls read and store counters
    /// like any value. A dictionary that stores numbers otherwise can't count, such as one with `.integer()` and the flags of
    /// ``FlagsConvention/spymemcached``, which makes binary numbers of them; with `.json()` it can.
    ///
    /// ```swift
    /// let counters = MemcachedDict<UInt64>(client, keyPrefix: "counters", codec: .integer())
    /// let visits = try await counters.increment(forKey: "visits", initial: 1)
    /// ```
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - amount: what is added.
    /// - Throws: ``MemcachedError/Code/invalidArgument``, and nothing was sent, where the dictionary doesn't store and read numbers as the
    ///   decimal text that the server counts; ``MemcachedError/Code/notANumber`` where the item is no such text;
    ///   ``MemcachedError/Code/outcomeUnknown`` where it was sent and no reply came. Not to be repeated then, unless counting twice does
    ///   no harm.
    @discardableResult
    public func increment(forKey key: String, by amount: UInt64 = 1) async throws(MemcachedError) -> UInt64? {
        try await count(.increment, key, by: amount)
    }

    /// Adds to a counter, and returns its new value. Where there is none, one is created with the initial value, to which the amount is
    /// not added.
    ///
    /// The server creates it with the flags 0, whatever the dictionary stores: where its ``FlagsConvention`` doesn't read these, the call
    /// throws ``MemcachedError/Code/invalidArgument``. Store the first value with ``add(_:forKey:expiration:)`` then, and count without
    /// `initial`. Everything else is as with ``increment(forKey:by:)``.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - amount: what is added.
    ///   - initial: what a new counter begins with, and the call returns.
    ///   - expiration: when a new counter ends; nil for the dictionary's own default. An existing one keeps its own.
    @discardableResult
    public func increment(
        forKey key: String,
        by amount: UInt64 = 1,
        initial: UInt64,
        expiration: Expiration? = nil
    ) async throws(MemcachedError) -> UInt64 {
        try await count(.increment, key, by: amount, initial: initial, expiration: expiration)
    }

    /// Takes from a counter, and returns its new value; nil where there is none.
    ///
    /// It stops at 0. Everything else is as with ``increment(forKey:by:)``.
    @discardableResult
    public func decrement(forKey key: String, by amount: UInt64 = 1) async throws(MemcachedError) -> UInt64? {
        try await count(.decrement, key, by: amount)
    }

    /// Takes from a counter, and returns its new value. Where there is none, one is created with the initial value, from which the amount
    /// is not taken.
    ///
    /// It stops at 0. Everything else is as with ``increment(forKey:by:initial:expiration:)``.
    @discardableResult
    public func decrement(
        forKey key: String,
        by amount: UInt64 = 1,
        initial: UInt64,
        expiration: Expiration? = nil
    ) async throws(MemcachedError) -> UInt64 {
        try await count(.decrement, key, by: amount, initial: initial, expiration: expiration)
    }

    private func count(
        _ direction: Request.Direction,
        _ key: String,
        by amount: UInt64
    ) async throws(MemcachedError) -> UInt64? {
        let key = try countedKey(key, creates: false)
        return try await client.count(direction, key, by: amount, initial: nil, expiration: .never)
    }

    private func count(
        _ direction: Request.Direction,
        _ key: String,
        by amount: UInt64,
        initial: UInt64,
        expiration: Expiration?
    ) async throws(MemcachedError) -> UInt64 {
        let key = try countedKey(key, creates: true)
        let count = try await client.count(
            direction,
            key,
            by: amount,
            initial: initial,
            expiration: expiration ?? settings.values.expiration
        )
        guard let count else {
            throw MemcachedError(.protocolViolation, "the server has no such counter, and created none", key: key)
        }
        return count
    }

    /// Throws where the server would count something else than this dictionary stores and reads: what it stores must be decimal text, and
    /// what it reads, too, under the flags 0 where the server is to create the item.
    private func countedKey(_ key: String, creates: Bool) throws(MemcachedError) -> ItemKey {
        let key = try itemKey(key)
        let compression = settings.values.compression
        do {
            try countingChecks.check(creates: creates, compression) {
                let (number, text) = (UInt64.max, ByteBuffer(string: "\(UInt64.max)"))
                let stored = try codec.pack(number, compression, by: flags)
                let item = MemcachedItem(value: text, flags: creates ? 0 : stored.flags, version: ItemVersion(cas: 0))
                guard stored.bytes == text, try decode(item, key) == number else { throw OtherThanDecimalText() }
            }
            return key
        } catch {
            throw MemcachedError(
                .invalidArgument,
                "the codec '\(codec.name)' with the flags convention '\(flags.name)' doesn't store and read numbers as the server counts "
                    + "\(creates ? "and creates them, as decimal text with the flags 0" : "them, as decimal text"); count in a "
                    + "dictionary that does, such as one with the codec .json(). Nothing was sent",
                key: key,
                cause: error
            )
        }
    }
}

/// Numbers are stored or read as something else than the server counts.
private struct OtherThanDecimalText: Error {}
