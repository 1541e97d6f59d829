import MemcachedFraming
import NIOCore

/// Calls that concern servers, not keys, ask all of them at once and tell for each what came of it.
extension MemcachedClient {
    /// The servers' statistics by their names: of a group such as `settings`, `items` or `slabs`, or the general ones.
    ///
    /// `reset`, `detail on` and `detail off`, `sizes_enable` and `sizes_disable` change what the servers count. They are not sent again
    /// where a connection ends: the error is then ``MemcachedError/Code/outcomeUnknown``.
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

    /// Drops **all** items of **all** servers and of all who use them, at once or after a delay, of which parts of a second
    /// count as a whole one.
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
