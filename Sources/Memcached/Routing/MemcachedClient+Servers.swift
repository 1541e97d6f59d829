import MemcachedFraming
import NIOCore

/// Calls that concern servers, not keys, ask all of them at once and tell for each what came of it.
extension MemcachedClient {
    /// The servers' statistics by their names: of a group such as `settings`, `items` or `slabs`, or the general ones.
    ///
    /// `reset` and `detail on` change what the servers count.
    public func stats(_ group: String? = nil) async -> [ServerAddress: Result<[String: String], MemcachedError>] {
        await onEachNode(.stat) { (node, deadline) throws(MemcachedError) in
            let request = try Request.stat(group.map { (text) throws(MemcachedError) in try itemKey(text) })
            let replies: [Reply]
            do throws(NodeFailure) {
                replies = try await node.statistics(request, deadline: deadline)
            } catch {
                throw error.error
            }
            if let refusal = replies.first(where: { $0.status != .success }) {
                if refusal.status == .keyNotFound {
                    throw MemcachedError(
                        .invalidArgument,
                        "the server knows no statistics '\(group ?? "")'; try settings, items, slabs or sizes",
                        server: node.address
                    )
                }
                throw refusal.unexpected(from: node.address)
            }
            return ServerProperties.table(replies)
        }
    }

    /// The servers' versions, as in `1.6.18`.
    public func version() async -> [ServerAddress: Result<String, MemcachedError>] {
        await onEachNode(.version) { (node, deadline) throws(MemcachedError) in
            String(buffer: try await node.ask(.version, deadline: deadline).value)
        }
    }

    /// Asks each server for nothing, and so shows that it answers.
    public func noop() async -> [ServerAddress: Result<Void, MemcachedError>] {
        await onEachNode(.noop) { (node, deadline) throws(MemcachedError) in
            _ = try await node.ask(.noop, deadline: deadline)
        }
    }

    /// How long each server takes to answer a NOOP, on all of its connections in turn the longest.
    public func ping() async -> [ServerAddress: Result<Duration, MemcachedError>] {
        await onEachNode(.noop) { (node, deadline) throws(MemcachedError) in
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
        return await onEachNode(.flush) { (node, deadline) throws(MemcachedError) in
            _ = try await node.ask(request, deadline: deadline)
        }
    }

    /// The servers as they are now.
    public var servers: [MemcachedServer] { cluster.topology.servers }

    /// Takes another configuration while the client runs, for it and all its views. Calls go by it from now on.
    ///
    /// Views made by ``timeout(_:)`` keep their timeouts. Servers are changed as ``setServers(_:)`` does. No call fails because of a change.
    ///
    /// Where connections would be made otherwise, as with another ``ClientConfiguration/connection``, each is replaced when a new one has
    /// been established: it serves until then, and what it was sent is still answered. Where none can be, as with a wrong password or a
    /// server that has no room for one more, it goes on serving, and the log warns at each attempt. A version that was read before can
    /// still be compared where the server tells which process it is, as memcached does, and its name leads to the same address; else it is
    /// ``MemcachedError/Code/versionUnusable``, which ``MemcachedDict/update(forKey:expiration:attempts:whenUnknown:_:)`` takes for a
    /// conflict.
    ///
    /// The event loops, the logger and the backends of metrics and spans stay. Dictionaries follow what is set for them.
    ///
    /// - Throws: ``MemcachedError/Code/invalidArgument`` that names the wrong setting, and ``MemcachedError/Code/clientClosed``. Nothing has
    ///   changed then.
    public func apply(_ configuration: Configuration) throws(MemcachedError) {
        try cluster.apply(configuration)
    }

    /// The configuration as it is now.
    public var configuration: Configuration { cluster.configuration }

    /// Changes the list of servers while the client runs, for it and all its views. Keys are placed by the new list from now on.
    ///
    /// A server that stays keeps its connections, also where its weight has changed. What was sent to a server that is gone is still
    /// answered, what waited for it goes to the key's new server, and its connections close after their last reply: nothing
    /// fails because of the change. Items don't move: a key that has another server now is a miss there, and what its old server
    /// holds is found again should that one return. Every client of the fleet must get the same list.
    ///
    /// - Throws: ``MemcachedError/Code/invalidArgument`` where the list is empty, names a server twice or has a wrong weight, and
    ///   ``MemcachedError/Code/clientClosed``. Nothing has changed then.
    public func setServers(_ servers: [MemcachedServer]) throws(MemcachedError) {
        try cluster.setServers(servers)
    }

    /// The server that a key belongs to, and its index in the configuration. Needs no network.
    ///
    /// - Throws: ``MemcachedError/Code/invalidKey``.
    public func server(for key: String) throws(MemcachedError) -> (server: MemcachedServer, index: Int) {
        let topology = cluster.topology
        let index = topology.place(of: try itemKey(key)).index
        return (topology.servers[index], index)
    }
}

extension MemcachedClient {
    private func onEachNode<Value: Sendable>(
        _ command: Opcode,
        _ body: @escaping @Sendable (Node, NIODeadline) async throws(MemcachedError) -> Value
    ) async -> [ServerAddress: Result<Value, MemcachedError>] {
        let deadline = cluster.now + timeout
        let name = OperationName(command)
        let nodes = cluster.topology.nodes
        let span = cluster.observation?.span(of: name, at: nodes.count == 1 ? nodes[0].address : nil)
        cluster.noteMissedStart()
        let results = await withTaskGroup(of: (ServerAddress, Result<Value, MemcachedError>).self) { group in
            for node in nodes {
                group.addTask { (node.address, await ask(node, name, deadline, body)) }
            }
            return await group.reduce(into: [ServerAddress: Result<Value, MemcachedError>]()) { results, result in
                // A server that was taken off the list meanwhile is not asked.
                if case .failure(let error) = result.1, error.code == .serverRemoved { return }
                results[result.0] = result.1
            }
        }
        span?.end(error: nodes.lazy.compactMap { results[$0.address]?.failure }.first)
        return results
    }

    private func ask<Value: Sendable>(
        _ node: Node,
        _ name: OperationName,
        _ deadline: NIODeadline,
        _ body: @Sendable (Node, NIODeadline) async throws(MemcachedError) -> Value
    ) async -> Result<Value, MemcachedError> {
        guard let metrics = node.metrics else { return await ask(node, deadline, body) }
        let start = cluster.now
        metrics.requestBegan()
        let result = await ask(node, deadline, body)
        metrics.requestEnded()
        // A server that was taken off the list meanwhile was not asked.
        if result.failure?.code != .serverRemoved {
            metrics.finished(name, in: cluster.now - start, error: result.failure?.code)
        }
        return result
    }

    private func ask<Value: Sendable>(
        _ node: Node,
        _ deadline: NIODeadline,
        _ body: @Sendable (Node, NIODeadline) async throws(MemcachedError) -> Value
    ) async -> Result<Value, MemcachedError> {
        var node = node
        while true {
            do throws(MemcachedError) {
                return .success(try await body(node, deadline))
            } catch {
                // One of its connections was given up while it was asked, since there are fewer now.
                if error.code == .serverRemoved,
                    let next = cluster.topology.nodes.first(where: { $0.address == node.address }),
                    next !== node
                {
                    node = next
                } else {
                    return .failure(cluster.disclosure.shown(error))
                }
            }
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

extension Node {
    /// Sends a request that concerns the server; every status but success throws.
    fileprivate func ask(
        _ request: Request,
        on slot: ConnectionSlot? = nil,
        deadline: NIODeadline
    ) async throws(MemcachedError) -> Reply {
        let answer: Answer
        do {
            answer = try await send(request, on: slot ?? slots[0], deadline: deadline)
        } catch {
            throw error.error
        }
        guard answer.reply.status == .success else { throw answer.reply.unexpected(from: answer.origin.server) }
        return answer.reply
    }
}
