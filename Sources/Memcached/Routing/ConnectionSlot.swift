import Logging
package import NIOCore

/// The place of one connection to one server: it keeps the place filled for as long as it is maintained, and lets callers wait
/// for the connection within their deadlines. A connection that would be made otherwise now serves until its successor is there.
///
/// Callers wait only while nothing speaks against the server. After a failed attempt they get its error at once, until an attempt
/// succeeds, unless another connection serves.
package final class ConnectionSlot: Sendable {
    typealias Answer = Result<ReadyConnection, MemcachedError>

    enum State {
        /// The first attempt, or the first one since a connection was lost.
        case connecting
        case ready(ReadyConnection)
        /// The last attempt failed; another one follows.
        case failed(MemcachedError)
        /// For good. The connection there was may still wait for replies that are due.
        case closed(MemcachedError)

        /// What a caller gets; nil where it has to wait.
        var answer: Answer? {
            switch self {
            case .connecting: nil
            case .ready(let ready): .success(ready)
            case .failed(let error): .failure(error)
            case .closed(let error): .failure(error)
            }
        }
    }

    /// Ends what the maintaining task waits for.
    struct Interruption {
        let promise: EventLoopPromise<Void>
        /// Whether it also ends when there is no connection for callers any more.
        let endsWithConnection: Bool
        /// Whether it is the pause before another attempt.
        let isPause: Bool
    }

    struct Guarded {
        var state = State.connecting
        /// Another place for the same server, whose connection serves until there is the first one of its own.
        var lender: ConnectionSlot?
        /// Empty but while connecting. Outside of the state, so that a caller joins in place.
        var waiters = Waiters<UnsafeContinuation<Answer, Never>>()
        var interruption: Interruption?
        /// Whether connections have to be made otherwise than when the last attempt began.
        var isOutdated = false
        /// The last connection that was made, until it has closed.
        var own: Connection?
        /// Those before, which their successors have replaced, until they have closed.
        var replaced: [Connection] = []
        var wasConnected = false
    }

    let server: ServerAddress
    private let currentConfiguration: CurrentConfiguration
    let environment: ClientEnvironment
    /// Nil where nobody listens.
    let metrics: ServerMetrics?
    /// Of all connections that fill the place.
    package let eventLoop: any EventLoop
    let guarded: Lock<Guarded>

    /// - Parameter lender: another place for the same server, which serves until this one has a connection.
    package init(
        server: ServerAddress,
        configuration: CurrentConfiguration,
        environment: ClientEnvironment,
        metrics: ServerMetrics? = nil,
        lender: ConnectionSlot? = nil
    ) {
        guarded = Lock(Guarded(lender: lender))
        self.metrics = metrics
        self.server = server
        currentConfiguration = configuration
        self.environment = environment
        eventLoop = environment.eventLoopGroup.next()
    }

    var configuration: ClientConfiguration { currentConfiguration.value }

    /// The connection, at once or within the deadline.
    package func connection(deadline: NIODeadline) async throws(MemcachedError) -> ReadyConnection {
        let (answer, lender) = guarded.withLock { ($0.state.answer, $0.lender) }
        if let lender { return try await lender.connection(deadline: deadline) }
        if let answer { return try answer.get() }
        return try await wait(deadline: deadline).get()
    }

    /// The connection where there is one now.
    package var current: ReadyConnection? {
        let (own, lender) = guarded.withLock { guarded -> (ReadyConnection?, ConnectionSlot?) in
            if case .ready(let ready) = guarded.state { (ready, nil) } else { (nil, guarded.lender) }
        }
        return own ?? lender?.current
    }

    /// The connection of its own where there is one now.
    package var own: ReadyConnection? {
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
        guard case .closed = failure.reason else { return }
        if let lender = guarded.withLock({ $0.lender }) { return lender.lost(connection, by: failure) }
        lost(connection)
    }

    /// The connection has closed.
    func lost(_ connection: Connection) {
        let interruption = guarded.withLock { guarded -> Interruption? in
            guard case .ready(let ready) = guarded.state, ready.connection === connection else { return nil }
            guarded.state = .connecting
            return guarded.interruption
        }
        if let interruption, interruption.endsWithConnection { interruption.promise.succeed() }
    }

    package var isClosed: Bool {
        guarded.withLock { if case .closed = $0.state { true } else { false } }
    }
}

extension ConnectionSlot {
    private func wait(deadline: NIODeadline) async -> Answer {
        guard let metrics else { return await join(deadline: deadline) }
        let start = eventLoop.now
        metrics.waitBegan()
        let answer = await join(deadline: deadline)
        metrics.waitEnded(after: eventLoop.now - start)
        return answer
    }

    private func join(deadline: NIODeadline) async -> Answer {
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

    func resume(_ waiters: [UnsafeContinuation<Answer, Never>], returning answer: Answer) {
        for waiter in waiters { waiter.resume(returning: answer) }
    }
}
