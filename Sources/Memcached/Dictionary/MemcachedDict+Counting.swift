import MemcachedFraming
import NIOCore

extension MemcachedDict where Value == UInt64 {
    /// Adds to a counter, and returns its new value; nil where there is none.
    ///
    /// The server does the sum, so that no two calls are counted as one. It wraps at 2^64, and the counter keeps its expiration. A
    /// counter is an item of decimal text, as `.integer()` and `.json()` store it: the dictionary's other calls read and store counters
    /// like any value.
    ///
    /// ```swift
    /// let counters = MemcachedDict<UInt64>(client, keyPrefix: "counters", codec: .integer())
    /// let visits = try await counters.increment(forKey: "visits", initial: 1)
    /// ```
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - amount: what is added.
    /// - Throws: ``MemcachedError/Code/notANumber`` where the item is no decimal text;
    ///   ``MemcachedError/Code/outcomeUnknown`` where it was sent and no reply came. Not to be repeated then, unless counting twice does
    ///   no harm.
    @discardableResult
    public func increment(forKey key: String, by amount: UInt64 = 1) async throws(MemcachedError) -> UInt64? {
        try await client.count(.increment, try itemKey(key), by: amount, initial: nil, expiration: .never)
    }

    /// Adds to a counter, and returns its new value. Where there is none, one is created with the initial value, to which the amount is
    /// not added.
    ///
    /// Everything else is as with ``increment(forKey:by:)``.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - amount: what is added.
    ///   - initial: what a new counter begins with, and the call returns.
    ///   - expiration: when a new counter ends; nil for the dictionary's own default. An existing one keeps its own.
    /// - Throws: ``MemcachedError/Code/invalidArgument``, and nothing was sent, where the dictionary's codec couldn't read the counter that
    ///   the server would create.
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
        try await client.count(.decrement, try itemKey(key), by: amount, initial: nil, expiration: .never)
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
        by amount: UInt64,
        initial: UInt64,
        expiration: Expiration?
    ) async throws(MemcachedError) -> UInt64 {
        let itemKey = try itemKey(key)
        try refuseUnreadableCounter(of: initial, itemKey)
        let count = try await client.count(
            direction,
            itemKey,
            by: amount,
            initial: initial,
            expiration: expiration ?? settings.values.expiration
        )
        guard let count else {
            throw MemcachedError(.protocolViolation, "the server has no such counter, and created none", key: itemKey)
        }
        return count
    }

    /// Throws where this dictionary couldn't read the item that the server makes of an initial value: decimal text with the flags 0.
    private func refuseUnreadableCounter(of initial: UInt64, _ key: ItemKey) throws(MemcachedError) {
        let made = MemcachedItem(value: ByteBuffer(string: String(initial)), flags: 0, version: ItemVersion(cas: 0))
        do {
            guard try decode(made, key) == initial else { throw CounterMisread() }
        } catch {
            throw MemcachedError(
                .invalidArgument,
                "the codec '\(codec.name)' can't read the counter that the server would create, decimal text with the flags 0; count in a "
                    + "dictionary whose codec is .integer() or .json(). Nothing was sent",
                key: key,
                cause: error
            )
        }
    }
}

/// A codec read another number than the counter's.
private struct CounterMisread: Error {}
