import MemcachedFraming
import NIOCore

extension MemcachedClient {
    /// Adds to a counter and returns its new value; nil where there is none and no `initial` value is given.
    ///
    /// A counter is an item of decimal text. It wraps at 2^64. A missing one is created with `initial` (the amount is not added),
    /// flags 0 and that expiration; an existing one keeps its own. Not to be repeated after
    /// ``MemcachedError/Code/outcomeUnknown``, unless counting twice does no harm.
    ///
    /// - Throws: ``MemcachedError/Code/notANumber`` where the item holds something else.
    @discardableResult
    public func increment(
        _ key: String,
        by amount: UInt64 = 1,
        initial: UInt64? = nil,
        expiration: Expiration = .never
    ) async throws(MemcachedError) -> UInt64? {
        try await count(.increment, try itemKey(key), by: amount, initial: initial, expiration: expiration)
    }

    /// Takes from a counter and returns its new value; nil where there is none and no `initial` value is given.
    ///
    /// It stops at 0. Everything else is as with ``increment(_:by:initial:expiration:)``.
    @discardableResult
    public func decrement(
        _ key: String,
        by amount: UInt64 = 1,
        initial: UInt64? = nil,
        expiration: Expiration = .never
    ) async throws(MemcachedError) -> UInt64? {
        try await count(.decrement, try itemKey(key), by: amount, initial: initial, expiration: expiration)
    }

    func count(
        _ direction: Request.Direction,
        _ key: ItemKey,
        by amount: UInt64,
        initial: UInt64?,
        expiration: Expiration
    ) async throws(MemcachedError) -> UInt64? {
        let request = Request.count(
            direction,
            key,
            by: amount,
            initial: initial ?? 0,
            expiration: initial == nil ? Request.counterMustExist : encoded(expiration)
        )
        let answer = try await cluster.send(request, for: key, timeout: timeout)
        switch answer.reply.status {
        case .success:
            let value = answer.reply.value
            // The frame's shape has been checked: a counter's reply is eight bytes.
            return value.getInteger(at: value.readerIndex)
        case .keyNotFound:
            return nil
        default:
            throw answer.reply.unexpected(from: answer.origin.server, key: key)
        }
    }
}
