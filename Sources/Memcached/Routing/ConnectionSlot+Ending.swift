import MemcachedFraming
package import NIOCore

extension ConnectionSlot {
    /// Ends for good. With a deadline, replies that are due may still come until then.
    package func close(drainUntil deadline: NIODeadline?) async {
        guard let deadline else { return closeAtOnce() }
        let connections = end()
        await withDiscardingTaskGroup { group in
            for connection in connections {
                group.addTask { await connection.drain(deadline: deadline) }
            }
        }
    }

    /// Ends for good, whatever is due.
    package func closeAtOnce() {
        for connection in end() { connection.close() }
    }

    /// Ends for good, since the server is no longer of the fleet or has fewer connections. Callers may go where their keys belong now;
    /// what the connection holds is still sent and answered.
    package func retire() {
        let reason = MemcachedError(.serverRemoved, "the server has been taken off the list", server: server)
        for connection in end(because: reason) { connection.closeWhenDrained() }
    }

    /// Returns its connections that haven't closed.
    private func end(
        because reason: MemcachedError = MemcachedError(.clientClosed, "the client has been shut down")
    ) -> [Connection] {
        let (connections, waiters, interruption) = guarded.withLock { guarded in
            if case .closed = guarded.state {} else { guarded.state = .closed(reason) }
            guarded.lender = nil
            return (guarded.connections, guarded.waiters.leaveAll(), guarded.interruption)
        }
        resume(waiters, returning: .failure(reason))
        interruption?.promise.succeed()
        return connections
    }
}

extension ConnectionSlot.Guarded {
    /// All that haven't closed.
    var connections: [Connection] { replaced + (own.map { [$0] } ?? []) }
}
