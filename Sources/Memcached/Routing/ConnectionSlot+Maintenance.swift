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
        var connection = configuration.connection
        connection.observer = metrics
        let connector = Connector(
            server: server,
            configuration: connection,
            transport: environment.transport,
            eventLoop: eventLoop
        )
        var backoff = Backoff(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
        var generator = EnvironmentGenerator(environment)
        var shortLives = 0
        // Whether there was a connection before, and whether the last attempt failed.
        var (isAgain, isDown) = (false, false)
        while !isClosed {
            do throws(MemcachedError) {
                let start = eventLoop.now
                guard let ready = try await connect(connector) else { return }
                metrics?.connected(in: eventLoop.now - start, isAgain: isAgain)
                report(true)
                // Who has been warned learns that it is over.
                environment.logger.log(
                    level: isDown ? .notice : .debug,
                    "connected",
                    metadata: ["server": "\(server)"]
                )
                (isAgain, isDown) = (true, false)
                let lifetime = await use(ready)
                metrics?.disconnected()
                guard !isClosed else { return }
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
                guard !Task.isCancelled, become(.failed(error)) else { return closeAtOnce() }
                metrics?.connectFailed(error.code)
                isDown = true
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
        if !become(.ready(ready)) { ready.connection.close() }
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
        guarded.withLock { $0.interruption = promise }
        if isClosed { promise.succeed() }
        return promise
    }
}
