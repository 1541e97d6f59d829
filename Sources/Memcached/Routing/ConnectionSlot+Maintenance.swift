import Logging
import NIOCore

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

    private func keepConnected(_ report: (_ isConnected: Bool) -> Void) async {
        var backoff = Backoff(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
        var generator = EnvironmentGenerator(environment)
        var shortLives = 0
        // Whether the last attempt failed.
        var isDown = false
        while !isClosed {
            let configuration = beginAttempt()
            backoff.initial = configuration.initialBackoff
            backoff.maximum = configuration.maximumBackoff
            do throws(MemcachedError) {
                let start = eventLoop.now
                guard let ready = try await connect(connector(configuration.connection)) else { continue }
                let time = eventLoop.now - start
                report(true)
                // Who has been warned learns that it is over.
                environment.logger.log(
                    level: isDown ? .notice : .debug,
                    "connected",
                    metadata: ["server": "\(server)"]
                )
                isDown = false
                guard let lifetime = await use(ready, madeIn: time) else {
                    // Others are made from now on, of which nothing is known.
                    backoff.reset()
                    shortLives = 0
                    continue
                }
                guard !isClosed else { break }
                environment.logger.debug("lost the connection", metadata: ["server": "\(server)"])
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
                guard !Task.isCancelled else {
                    closeAtOnce()
                    break
                }
                let outcome = failed(error)
                guard outcome != .isClosed else { break }
                metrics?.connectFailed(error.code)
                isDown = true
                if error.isOutage, outcome == .nobodyCanCall { report(false) }
                warn(of: error, anotherServes: outcome == .anotherServes)
                await sleep(backoff.next(using: &generator), whileAnotherServes: outcome == .anotherServes)
            }
        }
        for connection in guarded.withLock({ $0.connections }) { try? await connection.channel.closeFuture.get() }
    }

    private func beginAttempt() -> ClientConfiguration {
        guarded.withLock { $0.isOutdated = false }
        return configuration
    }

    private func connector(_ configuration: ConnectionConfiguration) -> Connector {
        var configuration = configuration
        configuration.observer = metrics
        return Connector(
            server: server,
            configuration: configuration,
            transport: environment.transport,
            eventLoop: eventLoop
        )
    }

    private func warn(of error: MemcachedError, anotherServes: Bool) {
        let shown = KeyDisclosure(configuration).shown(error)
        environment.logger.warning(
            anotherServes
                ? "can't connect with the settings as they are now; the connection that was made before goes on serving"
                : "can't connect",
            metadata: ["server": "\(server)", "error": "\(shown)"]
        )
    }

    /// A new connection; nil where the place has been closed meanwhile, or is to be filled otherwise. What the attempt then still comes
    /// to is dropped.
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

    /// Offers the connection until it has ended, or is to be replaced.
    ///
    /// - Returns: how long it lived; nil where it is to be replaced.
    private func use(_ ready: ReadyConnection, madeIn time: TimeAmount) async -> Duration? {
        let (start, connection) = (eventLoop.now, ready.connection)
        guard let isAgain = offer(ready) else {
            connection.close()
            try? await connection.channel.closeFuture.get()
            return .zero
        }
        metrics?.connected(in: time, isAgain: isAgain)
        connection.channel.closeFuture.whenComplete { _ in
            self.metrics?.disconnected()
            self.ended(connection)
        }
        try? await makeInterruption(endsWithConnection: true).futureResult.get()
        if current?.connection === connection { return nil }
        try? await connection.channel.closeFuture.get()
        return .nanoseconds((eventLoop.now - start).nanoseconds)
    }

    private static func hangsUp(_ server: ServerAddress) -> MemcachedError {
        MemcachedError(
            .connectionLost,
            "the server closes each new connection soon after it was established; its log may tell why",
            server: server
        )
    }

    private func sleep(_ duration: Duration, whileAnotherServes: Bool = false) async {
        let interruption = makeInterruption(endsWithConnection: whileAnotherServes)
        let timer = eventLoop.scheduleTask(in: TimeAmount(duration)) { interruption.succeed() }
        try? await interruption.futureResult.get()
        timer.cancel()
    }

    /// Succeeds when the place is closed or has to be filled otherwise; the caller must see to it that it succeeds in any case.
    private func makeInterruption(endsWithConnection: Bool = false) -> EventLoopPromise<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let isOver = guarded.withLock { guarded in
            guarded.interruption = ConnectionSlot.Interruption(promise: promise, endsWithConnection: endsWithConnection)
            switch guarded.state {
            case .closed: return true
            case .ready: return guarded.isOutdated
            case .connecting, .failed: return guarded.isOutdated || endsWithConnection
            }
        }
        if isOver { promise.succeed() }
        return promise
    }
}
