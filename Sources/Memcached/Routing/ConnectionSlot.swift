import Logging
package import NIOCore
import Synchronization

/// A connection in use, and what its handshake has learned.
package struct ReadyConnection: Sendable {
    package let connection: Connection
    package let properties: ServerProperties

    package var origin: ItemVersion.Origin {
        ItemVersion.Origin(server: connection.server, incarnation: properties.incarnation)
    }
}

/// The place of one connection to one server: it keeps the place filled for as long as it is maintained, and lets callers wait
/// for the connection within their deadlines.
///
/// Callers wait only while nothing speaks against the server. After a failed attempt they get its error at once, until an attempt
/// succeeds.
package final class ConnectionSlot: Sendable {
    private typealias Answer = Result<ReadyConnection, MemcachedError>

    private struct Waiter {
        let id: UInt64
        let continuation: UnsafeContinuation<Answer, Never>
        let timer: Scheduled<Void>

        func resume(_ answer: Answer) {
            timer.cancel()
            continuation.resume(returning: answer)
        }
    }

    private enum State {
        /// The first attempt, or the first one since a connection was lost.
        case connecting([Waiter])
        case ready(ReadyConnection)
        /// The last attempt failed; another one follows.
        case failed(MemcachedError)
        case closed
    }

    private let server: ServerAddress
    private let configuration: ClientConfiguration
    private let environment: ClientEnvironment
    private let eventLoop: any EventLoop
    private let state = Mutex(State.connecting([]))
    private let pause: Mutex<EventLoopPromise<Void>?> = Mutex(nil)

    package init(server: ServerAddress, configuration: ClientConfiguration, environment: ClientEnvironment) {
        self.server = server
        self.configuration = configuration
        self.environment = environment
        eventLoop = environment.eventLoopGroup.next()
    }

    /// The connection, at once or within the deadline.
    package func connection(deadline: NIODeadline) async throws(MemcachedError) -> ReadyConnection {
        if let answer = state.withLock({ Self.answer($0) }) {
            return try answer.get()
        }
        return try await wait(deadline: deadline).get()
    }

    /// The connection where there is one now.
    package var current: ReadyConnection? {
        state.withLock { if case .ready(let ready) = $0 { ready } else { nil } }
    }

    /// Why the server can't be reached now; nil where it can, or where nothing speaks against it yet.
    package var lastError: MemcachedError? {
        state.withLock { if case .failed(let error) = $0 { error } else { nil } }
    }

    /// A caller has found the connection closed: the next ones wait for a new one.
    package func lost(_ connection: Connection) {
        state.withLock {
            if case .ready(let ready) = $0, ready.connection === connection { $0 = .connecting([]) }
        }
    }

    private static func answer(_ state: borrowing State) -> Answer? {
        switch copy state {
        case .connecting: nil
        case .ready(let ready): .success(ready)
        case .failed(let error): .failure(error)
        case .closed: .failure(MemcachedError(.clientClosed, "the client has been shut down"))
        }
    }
}

extension ConnectionSlot {
    private func wait(deadline: NIODeadline) async -> Answer {
        let id = Connection.newID()
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let timer = eventLoop.scheduleTask(deadline: deadline) { self.giveUp(id, .timedOut) }
                let waiter = Waiter(id: id, continuation: continuation, timer: timer)
                let answer = state.withLock { state -> Answer? in
                    if let answer = Self.answer(state) { return answer }
                    if case .connecting(let waiters) = state { state = .connecting(waiters + [waiter]) }
                    return nil
                }
                if let answer {
                    waiter.resume(answer)
                } else if Task.isCancelled {
                    giveUp(id, .cancelled)
                }
            }
        } onCancel: {
            giveUp(id, .cancelled)
        }
    }

    private func giveUp(_ id: UInt64, _ reason: RequestFailure.Reason) {
        let waiter = state.withLock { state -> Waiter? in
            guard case .connecting(var waiters) = state, let index = waiters.firstIndex(where: { $0.id == id }) else {
                return nil
            }
            let waiter = waiters.remove(at: index)
            state = .connecting(waiters)
            return waiter
        }
        let failure = RequestFailure(reason, mayHaveReachedServer: false)
        waiter?.resume(.failure(failure.error(server: server, isMutation: false)))
    }

    /// Changes the state, unless it is closed, and tells those who wait. Returns whether it was open.
    private func become(_ next: State) -> Bool {
        let (waiters, wasOpen) = state.withLock { state -> ([Waiter], Bool) in
            if case .closed = state { return ([], false) }
            defer { state = next }
            if case .connecting(let waiters) = state { return (waiters, true) }
            return ([], true)
        }
        if let answer = Self.answer(next) {
            for waiter in waiters { waiter.resume(answer) }
        }
        return wasOpen
    }
}

extension ConnectionSlot {
    /// Keeps the place filled until it is closed.
    package func maintain() async {
        var backoff = Backoff(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
        var generator = EnvironmentGenerator(environment)
        while !isClosed {
            do {
                let ready = try await connect()
                guard become(.ready(ready)) else {
                    ready.connection.close()
                    return
                }
                let since = eventLoop.now
                environment.logger.debug("connected", metadata: ["server": "\(server)"])
                try? await ready.connection.channel.closeFuture.get()
                guard !isClosed else { return }
                environment.logger.info("lost the connection", metadata: ["server": "\(server)"])
                if eventLoop.now - since > TimeAmount(configuration.maximumBackoff) { backoff.reset() }
                lost(ready.connection)
                // A server that hangs up on each new connection is not tried again and again without a pause.
                if eventLoop.now - since > TimeAmount(configuration.initialBackoff) { continue }
            } catch {
                guard become(.failed(error)) else { return }
                environment.logger.warning("can't connect", metadata: ["server": "\(server)", "error": "\(error)"])
            }
            await sleep(backoff.next(using: &generator))
        }
    }

    /// Ends for good. With a deadline, replies that are due may still come until then.
    package func close(drainUntil deadline: NIODeadline? = nil) async {
        let ready = current
        _ = become(.closed)
        pause.withLock { $0 }?.succeed()
        guard let ready else { return }
        if let deadline {
            await ready.connection.drain(deadline: deadline)
        } else {
            ready.connection.close()
        }
    }

    private var isClosed: Bool {
        state.withLock { if case .closed = $0 { true } else { false } }
    }

    private func connect() async throws(MemcachedError) -> ReadyConnection {
        do {
            return try await connect(.statistics)
        } catch .handshake(let failure) where failure.isHangUp && !isClosed {
            do {
                return try await connect(.noop)
            } catch {
                throw error.error(server: server)
            }
        } catch {
            throw error.error(server: server)
        }
    }

    private enum ConnectFailure: Error {
        case transport(MemcachedError)
        case handshake(HandshakeFailure)

        func error(server: ServerAddress) -> MemcachedError {
            switch self {
            case .transport(let error): error
            case .handshake(let failure): failure.error(server: server)
            }
        }
    }

    private func connect(_ handshake: Handshake) async throws(ConnectFailure) -> ReadyConnection {
        let deadline = eventLoop.now + TimeAmount(configuration.connection.connectTimeout)
        let connection: Connection
        do {
            connection = try await environment.transport.connect(
                to: server,
                on: eventLoop,
                configuration: configuration.connection
            )
        } catch {
            throw .transport(error)
        }
        do {
            let properties = try await connection.perform(
                handshake,
                configuration: configuration.connection,
                deadline: deadline
            )
            return ReadyConnection(connection: connection, properties: properties)
        } catch {
            connection.close()
            throw .handshake(error)
        }
    }

    private func sleep(_ duration: Duration) async {
        let promise = eventLoop.makePromise(of: Void.self)
        pause.withLock { $0 = promise }
        let timer = eventLoop.scheduleTask(in: TimeAmount(duration)) { promise.succeed() }
        if isClosed { promise.succeed() }
        try? await promise.futureResult.get()
        timer.cancel()
        pause.withLock { $0 = nil }
    }
}
