import Logging
package import NIOCore

/// The place of one connection to one server: it keeps the place filled for as long as it is maintained, and lets callers wait
/// for the connection within their deadlines.
///
/// Callers wait only while nothing speaks against the server. After a failed attempt they get its error at once, until an attempt
/// succeeds.
package final class ConnectionSlot: Sendable {
    typealias Answer = Result<ReadyConnection, MemcachedError>

    enum State {
        /// The first attempt, or the first one since a connection was lost.
        case connecting
        case ready(ReadyConnection)
        /// The last attempt failed; another one follows.
        case failed(MemcachedError)
        /// For good. The connection there was may still wait for replies that are due.
        case closed(Connection?, MemcachedError)

        /// What a caller gets; nil where it has to wait.
        var answer: Answer? {
            switch self {
            case .connecting: nil
            case .ready(let ready): .success(ready)
            case .failed(let error): .failure(error)
            case .closed(_, let error): .failure(error)
            }
        }
    }

    struct Guarded {
        var state = State.connecting
        /// Empty but while connecting. Outside of the state, so that a caller joins in place.
        var waiters = Waiters<UnsafeContinuation<Answer, Never>>()
        /// Ends what the maintaining task waits for, an attempt to connect or the pause between two.
        var interruption: EventLoopPromise<Void>?
    }

    let server: ServerAddress
    let configuration: ClientConfiguration
    let environment: ClientEnvironment
    /// Nil where nobody listens.
    let metrics: ServerMetrics?
    /// Of all connections that fill the place.
    package let eventLoop: any EventLoop
    let guarded = Lock(Guarded())

    package init(
        server: ServerAddress,
        configuration: ClientConfiguration,
        environment: ClientEnvironment,
        metrics: ServerMetrics? = nil
    ) {
        self.metrics = metrics
        self.server = server
        self.configuration = configuration
        self.environment = environment
        eventLoop = environment.eventLoopGroup.next()
    }

    /// The connection, at once or within the deadline.
    package func connection(deadline: NIODeadline) async throws(MemcachedError) -> ReadyConnection {
        if let answer = guarded.withLock({ $0.state.answer }) {
            return try answer.get()
        }
        guard let metrics else { return try await wait(deadline: deadline).get() }
        let start = eventLoop.now
        metrics.waitBegan()
        let answer = await wait(deadline: deadline)
        metrics.waitEnded(after: eventLoop.now - start)
        return try answer.get()
    }

    /// The connection where there is one now.
    package var current: ReadyConnection? {
        guarded.withLock { if case .ready(let ready) = $0.state { ready } else { nil } }
    }

    /// Why the server can't be reached now; nil where it can, or where nothing speaks against it yet.
    package var lastError: MemcachedError? {
        guarded.withLock { if case .failed(let error) = $0.state { error } else { nil } }
    }

    /// How many callers wait for a connection.
    package var waitingCount: Int {
        guarded.withLock { $0.waiters.count }
    }

    /// A caller has got no reply: where the connection has closed, the next ones wait for a new one.
    package func lost(_ connection: Connection, by failure: RequestFailure) {
        if case .closed = failure.reason { lost(connection) }
    }

    /// The connection has closed.
    func lost(_ connection: Connection) {
        guarded.withLock {
            if case .ready(let ready) = $0.state, ready.connection === connection { $0.state = .connecting }
        }
    }

    package var isClosed: Bool {
        guarded.withLock { if case .closed = $0.state { true } else { false } }
    }

    /// Whether it is closed, and its connection as well.
    package var hasEnded: Bool {
        guarded.withLock {
            if case .closed(let last, _) = $0.state { last?.channel.isActive != true } else { false }
        }
    }
}

extension ConnectionSlot {
    private func wait(deadline: NIODeadline) async -> Answer {
        let id = Connection.newID()
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let (answer, isEarliest) = guarded.withLock { guarded -> (Answer?, Bool) in
                    if let answer = guarded.state.answer { return (answer, false) }
                    return (nil, guarded.waiters.join(id: id, context: continuation, deadline: deadline))
                }
                if let answer { return continuation.resume(returning: answer) }
                // After joining, so that it finds the caller even where the deadline has passed.
                if isEarliest { watchDeadlines(at: deadline) }
                // A cancellation before found nobody to take out; one after finds it by itself.
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    private func giveUp(_ id: UInt64) {
        let waiter = guarded.withLock { $0.waiters.leave(id: id) }
        waiter?.resume(returning: .failure(failure(.cancelled)))
    }

    /// One timer for all who wait. It isn't cancelled when they have left: it finds nobody then.
    private func watchDeadlines(at deadline: NIODeadline) {
        eventLoop.scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            let (waiters, next) = guarded.withLock { $0.waiters.expire(now: eventLoop.now) }
            metrics?.timedOut(waiting: waiters.count)
            for waiter in waiters { waiter.resume(returning: .failure(failure(.timedOut))) }
            if let next { watchDeadlines(at: next) }
        }
    }

    private func failure(_ reason: RequestFailure.Reason) -> MemcachedError {
        RequestFailure(reason, mayHaveReachedServer: false).error(server: server, isMutation: false)
    }

    /// Changes the state, unless it is closed, and tells those who wait. Returns whether it was open.
    func become(_ next: State) -> Bool {
        let (waiters, wasOpen) = guarded.withLock { guarded -> ([UnsafeContinuation<Answer, Never>], Bool) in
            if case .closed = guarded.state { return ([], false) }
            guarded.state = next
            return (next.answer == nil ? [] : guarded.waiters.leaveAll(), true)
        }
        if let answer = next.answer {
            for waiter in waiters { waiter.resume(returning: answer) }
        }
        return wasOpen
    }
}

extension ConnectionSlot {
    /// Ends for good. With a deadline, replies that are due may still come until then.
    package func close(drainUntil deadline: NIODeadline?) async {
        guard let deadline else { return closeAtOnce() }
        await end()?.drain(deadline: deadline)
    }

    /// Ends for good, whatever is due.
    package func closeAtOnce() {
        end()?.close()
    }

    /// Ends for good, since the server is no longer of the fleet. Callers may go where their keys belong now; what the connection
    /// holds is still sent and answered.
    package func retire() {
        end(because: MemcachedError(.serverRemoved, "the server has been taken off the list", server: server))?
            .closeWhenDrained()
    }

    /// Returns the connection there was.
    private func end(
        because reason: MemcachedError = MemcachedError(.clientClosed, "the client has been shut down")
    ) -> Connection? {
        let (connection, waiters, interruption) = guarded.withLock { guarded in
            switch guarded.state {
            case .connecting, .failed: guarded.state = .closed(nil, reason)
            case .ready(let ready): guarded.state = .closed(ready.connection, reason)
            case .closed: break
            }
            let connection: Connection? = if case .closed(let last, _) = guarded.state { last } else { nil }
            return (connection, guarded.waiters.leaveAll(), guarded.interruption)
        }
        for waiter in waiters {
            waiter.resume(returning: .failure(reason))
        }
        interruption?.succeed()
        return connection
    }
}
