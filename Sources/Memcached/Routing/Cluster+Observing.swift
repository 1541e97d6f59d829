import MemcachedFraming
import NIOCore

/// Calls that somebody listens to. The others don't come here.
extension Cluster {
    /// Sends a request, and tells the metrics and the trace what comes of it.
    @inline(never)
    func observe(
        _ request: Request,
        for key: ItemKey,
        demanding version: ItemVersion?,
        timeout: TimeAmount,
        _ observation: Observation
    ) async throws(MemcachedError) -> Node.Answer {
        let own = topology.place(of: key).node
        let name = OperationName(request)
        let span = observation.span(of: name, at: own.address, keys: [key])
        let start = now
        own.metrics?.requestBegan()
        defer { own.metrics?.requestEnded() }
        do {
            let answer = try await send(request, for: key, demanding: version, timeout: timeout, isObserved: true)
            let (status, server) = (answer.reply.status, answer.origin.server)
            let error = request.hasOutcome(for: status) ? nil : answer.reply.unexpected(from: server)
            if let metrics = metrics(of: server, or: own) {
                metrics.finished(name, in: now - start, error: error?.code, status: error == nil ? nil : status)
                metrics.count(request, status)
            }
            span?.setServer(server)
            span?.setPeer(answer.origin.peer)
            span?.setStatus(status)
            span?.end(error: error)
            return answer
        } catch {
            let server = error.server ?? own.address
            metrics(of: server, or: own)?.finished(name, in: now - start, error: error.code)
            span?.setServer(server)
            span?.end(error: error)
            throw error
        }
    }

    /// Sends a batch inside of one span.
    func trace(
        _ batch: BatchRequests,
        timeout: TimeAmount,
        _ observation: Observation,
        _ receive: (_ index: Int, _ result: consuming BatchResult) -> Void
    ) async {
        guard !batch.keys.isEmpty else { return }
        let topology = topology
        let servers = Set(batch.keys.map { topology.place(of: $0).node.address })
        let span = observation.span(
            of: OperationName(batch[0].request, isBatch: batch.keys.count > 1),
            at: servers.count == 1 ? servers.first : nil,
            keys: batch.keys
        )
        var failed: (index: Int, status: Status?, error: MemcachedError)?
        var answered: ItemVersion.Origin?
        await sendBatch(batch, timeout: timeout, isTraced: true) { index, result in
            if failed.map({ index < $0.index }) ?? true, let failure = result.failure(of: batch[index].request) {
                failed = (index, failure.status, failure.error.naming(key: batch.keys[index]))
            }
            if answered == nil { answered = result.origin }
            receive(index, consume result)
        }
        if servers.count == 1, let answered {
            span?.setServer(answered.server)
            span?.setPeer(answered.peer)
        }
        if let status = failed?.status { span?.setStatus(status) }
        span?.end(error: failed?.error)
    }

    private func metrics(of server: ServerAddress, or own: Node) -> ServerMetrics? {
        guard server != own.address else { return own.metrics }
        return topology.nodes.first { $0.address == server }?.metrics
    }
}

extension Node {
    /// Sends requests of a batch together, and tells the metrics what comes of it.
    func measure(
        _ window: BatchWindow,
        of batch: BatchRequests,
        deadline: NIODeadline,
        waits: Bool,
        _ metrics: ServerMetrics
    ) async -> WindowResult {
        let eventLoop = window.place.slot.eventLoop
        let start = eventLoop.now
        metrics.requestBegan()
        let result = await send(window, of: batch, deadline: deadline, waits: waits, isMeasured: true)
        metrics.requestEnded()
        // The server was taken off the list: the requests go to another one, where they are timed.
        if result.failure?.error.code == .serverRemoved { return result }
        let failure = metrics.count(result, of: window, in: batch, from: address)
        let name = OperationName(batch[window.indices[0]].request, isBatch: batch.keys.count > 1)
        metrics.finished(name, in: eventLoop.now - start, error: failure?.error.code, status: failure?.status)
        return result
    }
}

extension ServerMetrics {
    fileprivate func count(_ request: Request, _ status: Status) {
        if request.readsItem {
            found(hits: status == .success ? 1 : 0, misses: status == .keyNotFound ? 1 : 0)
        } else if request.isConflict(status) {
            conflicted()
        }
    }

    /// Returns why the round trip failed, or the first of its requests that did, and what the server said where it says so.
    fileprivate func count(
        _ result: WindowResult,
        of window: BatchWindow,
        in batch: BatchRequests,
        from server: ServerAddress
    ) -> (error: MemcachedError, status: Status?)? {
        switch result.replies {
        case .failure(let failure):
            return (failure.error, nil)
        case .success(let (replies, _)):
            // What isn't answered is a miss of a get.
            var (hits, conflicts, errors) = (0, 0, 0)
            var first: (MemcachedError, Status?)?
            for reply in replies {
                let request = batch[window.indices[Int(reply.opaque)]].request
                if !request.hasOutcome(for: reply.status) {
                    if first == nil { first = (reply.unexpected(from: server), reply.status) }
                    errors += 1
                } else if request.isConflict(reply.status) {
                    conflicts += 1
                } else if reply.status == .success {
                    hits += 1
                }
            }
            if batch[window.indices[0]].request.readsItem {
                found(hits: hits, misses: window.indices.count - result.refusals.count - hits - errors)
            }
            conflicted(conflicts)
            return first ?? result.refusals.min { $0.key < $1.key }.map { ($0.value.error, nil) }
        }
    }
}

extension BatchResult {
    /// Who has answered, or kept silent as of a miss; nil where the request has failed.
    fileprivate var origin: ItemVersion.Origin? {
        switch self {
        case .failure: nil
        case .answer(.silence(let origin)), .answer(.reply(_, let origin)): origin
        }
    }

    /// Why the request has failed, and with which status where the server said so; nil where it hasn't.
    fileprivate func failure(of request: Request) -> (status: Status?, error: MemcachedError)? {
        switch self {
        case .failure(let failure):
            return (nil, failure.error)
        case .answer(.silence):
            return nil
        case .answer(.reply(let reply, let origin)):
            guard !request.hasOutcome(for: reply.status) else { return nil }
            return (reply.status, reply.unexpected(from: origin.server))
        }
    }
}
