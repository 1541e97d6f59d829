package import MemcachedFraming
package import NIOCore

extension Cluster {
    /// Sends a request to its key's server, or to another one where the failure policy says so.
    ///
    /// What most calls need is here, and the rest is apart: this function's variables are in the memory of every task that waits for a
    /// reply.
    ///
    /// - Parameter isObserved: whether the caller tells those who listen.
    package func send(
        _ request: Request,
        for key: ItemKey,
        demanding version: ItemVersion? = nil,
        timeout: TimeAmount,
        isObserved: Bool = false
    ) async throws(MemcachedError) -> Node.Answer {
        if let observation, !isObserved {
            return try await observe(request, for: key, demanding: version, timeout: timeout, observation)
        }
        let deadline = now + timeout
        noteMissedStart()
        var first: FirstAttempt?
        if let (place, ready) = readyPlace(for: key, request, demanding: version) {
            let result = await ready.connection.send(request, deadline: deadline)
            switch consume result {
            case .success(let reply):
                place.node.noteAnswer()
                return (reply, ready.origin)
            case .failure(let failure):
                first = FirstAttempt(at: place, FailedAttempt(ready: ready, failure: failure))
            }
        }
        return try await send(request, for: key, demanding: version, deadline: deadline, after: first)
    }

    /// The key's own server and its connection, where both can be used at once.
    @inline(never)
    private func readyPlace(
        for key: ItemKey,
        _ request: Request,
        demanding version: ItemVersion?
    ) -> (Topology.Place, ReadyConnection)? {
        let place = topology.place(of: key)
        guard !place.node.health.isEjected, let ready = place.slot.current,
            ready.refusal(of: request, demanding: version) == nil
        else { return nil }
        return (place, ready)
    }

    /// Goes on where the first attempt has failed, or was not made.
    private func send(
        _ request: Request,
        for key: ItemKey,
        demanding version: ItemVersion?,
        deadline: NIODeadline,
        after first: FirstAttempt?
    ) async throws(MemcachedError) -> Node.Answer {
        var route = Route(policy: topology.configuration.failurePolicy)
        var retry = OwedRetry()
        var first = first
        while true {
            let attempt = first.take()
            let place: Topology.Place
            do {
                place = if let attempt { attempt.place } else { try route.next(for: key, in: topology) }
            } catch {
                throw error.naming(key: key)
            }
            do {
                return try await place.node.send(
                    request,
                    on: place.slot,
                    demanding: version,
                    deadline: deadline,
                    after: attempt?.failed,
                    countingIn: &retry
                )
            } catch {
                guard route.goesOn(after: error, at: place.node) else { throw error.error.naming(key: key) }
                // Where the server was taken off the list, nothing was sent.
                if error.error.code != .serverRemoved { retry.owe(place.node.metrics) }
            }
        }
    }
}

/// The attempt that has failed. An object, so that who waits for a reply keeps room for no more than a reference.
private final class FirstAttempt: Sendable {
    let place: Topology.Place
    let failed: FailedAttempt

    init(at place: Topology.Place, _ failed: FailedAttempt) {
        self.place = place
        self.failed = failed
    }
}
