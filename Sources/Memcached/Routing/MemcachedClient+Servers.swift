import MemcachedFraming
import NIOCore

/// Calls that concern servers, not keys, ask all of them at once and tell for each what came of it.
extension MemcachedClient {
    /// The servers' statistics by their names: of a group such as `settings`, `items` or `slabs`, or the general ones.
    ///
    /// `reset` and `detail on` change what the servers count.
    public func stats(_ group: String? = nil) async -> [ServerAddress: Result<[String: String], MemcachedError>] {
        await onEachNode { (node, deadline) throws(MemcachedError) in
            let request = try Request.stat(group.map { (text) throws(MemcachedError) in try Self.itemKey(text) })
            let replies = try await node.statistics(request, deadline: deadline)
            if let refusal = replies.first(where: { $0.status != .success }) {
                if refusal.status == .keyNotFound {
                    throw MemcachedError(
                        .invalidArgument,
                        "the server knows no statistics '\(group ?? "")'; try settings, items, slabs or sizes",
                        server: node.server.address
                    )
                }
                throw refusal.unexpected(from: node.server.address)
            }
            return ServerProperties.table(replies)
        }
    }

    /// The servers' versions, as in `1.6.18`.
    public func version() async -> [ServerAddress: Result<String, MemcachedError>] {
        await onEachNode { (node, deadline) throws(MemcachedError) in
            String(buffer: try await node.ask(.version, deadline: deadline).value)
        }
    }

    /// Asks each server for nothing, and so shows that it answers.
    public func noop() async -> [ServerAddress: Result<Void, MemcachedError>] {
        await onEachNode { (node, deadline) throws(MemcachedError) in
            _ = try await node.ask(.noop, deadline: deadline)
        }
    }

    /// How long each server takes to answer a NOOP, on all of its connections in turn the longest.
    public func ping() async -> [ServerAddress: Result<Duration, MemcachedError>] {
        await onEachNode { (node, deadline) throws(MemcachedError) in
            var longest = Duration.zero
            for slot in node.slots {
                _ = try await slot.connection(deadline: deadline)
                let start = cluster.now
                _ = try await node.ask(.noop, on: slot, deadline: deadline)
                longest = max(longest, .nanoseconds((cluster.now - start).nanoseconds))
            }
            return longest
        }
    }

    /// Drops **all** items of **all** servers and of all who use them, at once or after a delay in whole seconds.
    ///
    /// A delayed flush also drops what is stored during the delay. A server started with `-F` refuses it.
    public func flush(
        after delay: Duration = .zero
    ) async -> [ServerAddress: Result<Void, MemcachedError>] {
        let seconds = Expiration.after(delay).encoded(now: cluster.environment.wallClock())
        let request = Request.flush(delay: delay > .zero ? seconds : nil)
        return await onEachNode { (node, deadline) throws(MemcachedError) in
            _ = try await node.ask(request, deadline: deadline)
        }
    }

    /// The server that a key belongs to, and its index in the configuration. Needs no network.
    ///
    /// - Throws: ``MemcachedError/Code/invalidKey``.
    public func server(for key: String) throws(MemcachedError) -> (server: MemcachedServer, index: Int) {
        let place = cluster.place(of: try Self.itemKey(key))
        return (place.node.server, place.index)
    }
}

extension MemcachedClient {
    private func onEachNode<Value: Sendable>(
        _ body: @escaping @Sendable (Node, NIODeadline) async throws(MemcachedError) -> Value
    ) async -> [ServerAddress: Result<Value, MemcachedError>] {
        let deadline = cluster.deadline(after: timeout)
        cluster.noteMissedStart()
        return await withTaskGroup(of: (ServerAddress, Result<Value, MemcachedError>).self) { group in
            for node in cluster.nodes {
                group.addTask {
                    do throws(MemcachedError) {
                        return (node.server.address, .success(try await body(node, deadline)))
                    } catch {
                        return (node.server.address, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}

extension Node {
    /// Sends a request that concerns the server; every status but success throws.
    fileprivate func ask(
        _ request: Request,
        on slot: ConnectionSlot? = nil,
        deadline: NIODeadline
    ) async throws(MemcachedError) -> Reply {
        let answer = try await send(request, on: slot ?? slots[0], deadline: deadline)
        guard answer.reply.status == .success else { throw answer.reply.unexpected(from: answer.origin.server) }
        return answer.reply
    }
}
