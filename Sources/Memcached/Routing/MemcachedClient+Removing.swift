package import MemcachedFraming
import NIOCore

extension MemcachedClient {
    /// Removes an item; false where there was none.
    @discardableResult
    public func delete(_ key: String) async throws(MemcachedError) -> Bool {
        try await delete(try itemKey(key))
    }

    package func delete(_ key: ItemKey) async throws(MemcachedError) -> Bool {
        let answer = try await cluster.send(.delete(key), for: key, timeout: timeout)
        switch answer.reply.status {
        case .success: return true
        case .keyNotFound: return false
        default: throw answer.reply.unexpected(from: answer.origin.server, key: key)
        }
    }

    /// Removes an item where it still has that version.
    ///
    /// - Throws: ``MemcachedError/Code/versionUnusable`` where the server can't compare it. Nothing is removed then.
    public func delete(
        _ key: String,
        expecting version: ItemVersion
    ) async throws(MemcachedError) -> RemoveOutcome {
        try await delete(try itemKey(key), expecting: version)
    }

    package func delete(
        _ key: ItemKey,
        expecting version: ItemVersion
    ) async throws(MemcachedError) -> RemoveOutcome {
        let answer = try await cluster.send(
            .delete(key, cas: version.cas),
            for: key,
            demanding: version,
            timeout: timeout
        )
        switch answer.reply.status {
        case .success: return .removed
        case .keyExists: return .conflict
        case .keyNotFound: return .missing
        default: throw answer.reply.unexpected(from: answer.origin.server, key: key)
        }
    }
}
