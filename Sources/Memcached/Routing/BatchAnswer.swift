package import MemcachedFraming

/// What a server said to one request of a batch. A quiet request is answered only where its caller could not infer the answer; some
/// proxies answer it all the same.
package enum BatchAnswer: Sendable {
    case reply(Reply, from: ItemVersion.Origin)
    case silence(of: ItemVersion.Origin)

    /// The item of a quiet get; nil for a miss. Items of a batch share the memory that they were read into.
    package consuming func item(under key: () -> ItemKey) throws(MemcachedError) -> MemcachedItem? {
        switch consume self {
        case .reply(let reply, let origin): try MemcachedItem(reply, from: origin, isShared: true, key: key)
        case .silence: nil
        }
    }

    /// Throws where a quiet store failed.
    package func stored(under key: () -> ItemKey) throws(MemcachedError) {
        guard case .reply(let reply, let origin) = self, reply.status != .success else { return }
        throw reply.unexpected(from: origin.server, key: key())
    }

    /// Whether a quiet delete found an item.
    package func removed(under key: () -> ItemKey) throws(MemcachedError) -> Bool {
        guard case .reply(let reply, let origin) = self, reply.status != .success else { return true }
        guard reply.status == .keyNotFound else { throw reply.unexpected(from: origin.server, key: key()) }
        return false
    }

    /// The outcome of a compare-and-swap, which is never quiet: each has its reply.
    package func outcome(under key: () -> ItemKey) throws(MemcachedError) -> StoreOutcome {
        switch self {
        case .reply(let reply, let origin):
            return try StoreOutcome(reply, from: origin, key: key())
        case .silence(let origin):
            throw MemcachedError(
                .outcomeUnknown,
                "the server left a compare-and-swap of a batch without an answer; it may have carried it out. "
                    + "Read the item to learn which",
                server: origin.server,
                key: key()
            )
        }
    }
}
