package import MemcachedFraming

/// What a server said to one request of a batch. A quiet request is answered only where its caller could not infer the answer; some
/// proxies answer it all the same.
package struct BatchAnswer: Sendable {
    package let key: ItemKey
    package let reply: Reply?
    package let origin: ItemVersion.Origin

    /// The item of a quiet get; nil for a miss.
    package func item() throws(MemcachedError) -> Item? {
        guard let reply else { return nil }
        return try Item(reply, from: origin, key: key)
    }

    /// Throws where a quiet store failed.
    package func stored() throws(MemcachedError) {
        guard let reply, reply.status != .success else { return }
        throw reply.unexpected(from: origin.server, key: key)
    }

    /// Whether a quiet delete found an item.
    package func removed() throws(MemcachedError) -> Bool {
        guard let reply, reply.status != .success else { return true }
        guard reply.status == .keyNotFound else { throw reply.unexpected(from: origin.server, key: key) }
        return false
    }

    /// The outcome of a compare-and-swap, which is never quiet: each has its reply.
    package func outcome() throws(MemcachedError) -> StoreOutcome {
        guard let reply else {
            throw MemcachedError(
                .outcomeUnknown,
                "the server left a compare-and-swap of a batch without an answer; it may have carried it out. "
                    + "Read the item to learn which",
                server: origin.server,
                key: "\(key)"
            )
        }
        return try StoreOutcome(reply, from: origin, key: key)
    }
}
