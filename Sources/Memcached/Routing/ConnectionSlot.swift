import Logging
import NIOConcurrencyHelpers
package import NIOCore

/// The place of one connection to one server: it keeps the place filled for as long as it is maintained, and lets callers wait
/// for the connection within their deadlines.
///
/// Callers wait only while nothing speaks against the server. After a failed attempt they get its error at once, until an attempt
/// succeeds.
package final class ConnectionSlot: Sendable {
    private typealias Answer = Result<ReadyConnection, MemcachedError>

    private enum State {
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

    private struct Guarded {
        var state = State.connecting
        /// Empty but while connecting. Outside of the state, so that a caller joins in place.
        var waiters = Waiters<UnsafeContinuation<Answer, Never>>()
        /// Ends what the maintaining task waits for, an attempt to connect or the pause between two.
        var interruption: EventLoopPromise<Void>?
    }

    private let server: ServerAddress
    private let configuration: ClientConfiguration
    private let environment: ClientEnvironment
    /// Of all connections that fill the place.
    package let eventLoop: any EventLoop
    private let guarded = NIOLockedValueBox(Guarded())

    package init(server: ServerAddress, configuration: ClientConfiguration, environment: ClientEnvironment) {
        self.server = server
        self.configuration = configuration
        self.environment = environment
        eventLoop = environment.eventLoopGroup.next()
    }

    /// The connection, at once or within the deadline.
    package func connection(deadline: NIODeadline) async throws(MemcachedError) -> ReadyConnection {
        if let answer = guarded.withLockedValue({ $0.state.answer }) {
            return try answer.get()
        }
        return try await wait(deadline: deadline).get()
    }

    /// The connection where there is one now.
    package var current: ReadyConnection? {
        guarded.withLockedValue { if case .ready(let ready) = $0.state { ready } else { nil } }
    }

    /// Why the server can't be reached now; nil where it can, or where nothing speaks against it yet.
    package var lastError: MemcachedError? {
        guarded.withLockedValue { if case .failed(let error) = $0.state { error } else { nil } }
    }

    /// How many callers wait for a connection.
    package var waitingCount: Int {
        guarded.withLockedValue { $0.waiters.count }
    }

    /// A caller has got no reply: where the connection has closed, the next ones wait for a new one.
    package func lost(_ connection: Connection, by failure: RequestFailure) {
        if case .closed = failure.reason { lost(connection) }
    }

    /// The connection has closed.
    private func lost(_ connection: Connection) {
        guarded.withLockedValue {
            if case .ready(let ready) = $0.state, ready.connection === connection { $0.state = .connecting }
        }
    }

    package var isClosed: Bool {
        guarded.withLockedValue { if case .closed = $0.state { true } else { false } }
    }

    /// Whether it is closed, and its connection as well.
    package var hasEnded: Bool {
        guarded.withLockedValue {
            if case .closed(let last, _) = $0.state { last?.channel.isActive != true } else { false }
        }
    }
}

extension ConnectionSlot {
    private func wait(deadline: NIODeadline) async -> Answer {
        let id = Connection.newID()
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let (answer, isEarliest) = guarded.withLockedValue { guarded -> (Answer?, Bool) in
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
        let waiter = guarded.withLockedValue { $0.waiters.leave(id: id) }
        waiter?.resume(returning: .failure(failure(.cancelled)))
    }

    /// One timer for all who wait. It isn't cancelled when they have left: it finds nobody then.
    private func watchDeadlines(at deadline: NIODeadline) {
        eventLoop.scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            let (waiters, next) = guarded.withLockedValue { $0.waiters.expire(now: eventLoop.now) }
            for waiter in waiters { waiter.resume(returning: .failure(failure(.timedOut))) }
            if let next { watchDeadlines(at: next) }
        }
    }

    private func failure(_ reason: RequestFailure.Reason) -> MemcachedError {
        RequestFailure(reason, mayHaveReachedServer: false).error(server: server, isMutation: false)
    }

    /// Changes the state, unless it is closed, and tells those who wait. Returns whether it was open.
    private func become(_ next: State) -> Bool {
        let (waiters, wasOpen) = guarded.withLockedValue { guarded -> ([UnsafeContinuation<Answer, Never>], Bool) in
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
    /// Keeps the place filled until it is closed, or the task is cancelled. Returns when its last connection has ended.
    ///
    /// - Parameter report: told of each attempt whether it led to a connection or to an outage; of one that the server
    ///   refused, nothing.
    package func maintain(_ report: (_ isConnected: Bool) -> Void = { _ in }) async {
        await withTaskCancellationHandler {
            await keepConnected(report)
        } onCancel: {
            closeAtOnce()
        }
    }

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
        let (connection, waiters, interruption) = guarded.withLockedValue { guarded in
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

    private func keepConnected(_ report: (_ isConnected: Bool) -> Void) async {
        let connector = Connector(
            server: server,
            configuration: configuration.connection,
            transport: environment.transport,
            eventLoop: eventLoop
        )
        var backoff = Backoff(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
        var generator = EnvironmentGenerator(environment)
        var shortLives = 0
        while !isClosed {
            do throws(MemcachedError) {
                guard let ready = try await connect(connector) else { return }
                report(true)
                let lifetime = await use(ready)
                guard !isClosed else { return }
                environment.logger.info("lost the connection", metadata: ["server": "\(server)"])
                if lifetime > configuration.maximumBackoff { backoff.reset() }
                guard lifetime <= configuration.initialBackoff else {
                    shortLives = 0
                    continue
                }
                // A server that hangs up on each new connection is not tried again and again without a pause.
                shortLives += 1
                if shortLives > 1 { throw Self.hangsUp(server) }
                // Callers wait meanwhile, since nothing speaks against the server yet.
                await sleep(configuration.initialBackoff)
                continue
            } catch {
                // A cancelled handshake says nothing about the server; nobody but this task may learn of it.
                guard !Task.isCancelled, become(.failed(error)) else { return closeAtOnce() }
                if error.isOutage { report(false) }
                let shown = KeyDisclosure(configuration).shown(error)
                environment.logger.warning("can't connect", metadata: ["server": "\(server)", "error": "\(shown)"])
            }
            await sleep(backoff.next(using: &generator))
        }
    }

    /// A new connection; nil where the place has been closed meanwhile. What the attempt then still comes to is dropped.
    private func connect(_ connector: Connector) async throws(MemcachedError) -> ReadyConnection? {
        let interruption = makeInterruption()
        let answer = await withTaskGroup(of: Answer?.self) { group in
            group.addTask {
                do throws(MemcachedError) {
                    return .success(try await connector.connect())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await interruption.futureResult.get()
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            interruption.succeed()
            if first == nil, case .success(let late) = await group.next() ?? nil { late.connection.close() }
            return first
        }
        return try answer?.get()
    }

    /// Offers the connection until it has ended. Returns how long it lived.
    private func use(_ ready: ReadyConnection) async -> Duration {
        let start = eventLoop.now
        if become(.ready(ready)) {
            environment.logger.debug("connected", metadata: ["server": "\(server)"])
        } else {
            ready.connection.close()
        }
        try? await ready.connection.channel.closeFuture.get()
        lost(ready.connection)
        return .nanoseconds((eventLoop.now - start).nanoseconds)
    }

    private static func hangsUp(_ server: ServerAddress) -> MemcachedError {
        MemcachedError(
            .connectionLost,
            "the server closes each new connection soon after it was established; its log may tell why",
            server: server
        )
    }

    private func sleep(_ duration: Duration) async {
        let interruption = makeInterruption()
        let timer = eventLoop.scheduleTask(in: TimeAmount(duration)) { interruption.succeed() }
        try? await interruption.futureResult.get()
        timer.cancel()
    }

    /// Succeeds when the place is closed; the caller must see to it that it succeeds in any case.
    private func makeInterruption() -> EventLoopPromise<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        guarded.withLockedValue { $0.interruption = promise }
        if isClosed { promise.succeed() }
        return promise
    }
}
