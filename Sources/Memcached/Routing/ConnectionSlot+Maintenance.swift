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
        var history = ConnectingHistory(configuration)
        var generator = EnvironmentGenerator(environment)
        while !isClosed {
            let configuration = beginAttempt(&history)
            do throws(MemcachedError) {
                let start = eventLoop.now
                guard let ready = try await connect(connector(configuration.connection)) else { continue }
                let time = eventLoop.now - start
                report(true)
                // Who has been warned learns that it is over.
                let level: Logger.Level = history.connected() ? .notice : .debug
                environment.logger.log(level: level, "connected", metadata: ["server": "\(server)"])
                guard let lifetime = await use(ready, madeIn: time) else { continue }
                guard !isClosed else { break }
                environment.logger.debug("lost the connection", metadata: ["server": "\(server)"])
                switch history.ended(after: lifetime) {
                case .atOnce: break
                // Callers wait meanwhile, since nothing speaks against the server yet.
                case .after(let pause): await sleep(pause)
                case .failed: throw Self.hangsUp(server)
                }
            } catch {
                // A cancelled handshake says nothing about the server; nobody but this task may learn of it.
                guard !Task.isCancelled else {
                    closeAtOnce()
                    break
                }
                let outcome = failed(error)
                guard outcome == .nobodyCanCall || outcome == .anotherServes else { continue }
                metrics?.connectFailed(error.code)
                let pause = history.failed(using: &generator)
                if error.isOutage, outcome == .nobodyCanCall { report(false) }
                warn(of: error, anotherServes: outcome == .anotherServes)
                await sleep(pause, whileAnotherServes: outcome == .anotherServes)
            }
        }
        for connection in guarded.withLock({ $0.connections }) { try? await connection.channel.closeFuture.get() }
    }

    /// Returns what is configured now, by which the next attempt goes.
    private func beginAttempt(_ history: inout ConnectingHistory) -> ClientConfiguration {
        let wasOutdated = guarded.withLock { guarded in
            defer { guarded.isOutdated = false }
            return guarded.isOutdated
        }
        let configuration = configuration
        if wasOutdated { history.beginAnew() }
        history.follow(configuration)
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
        if own?.connection === connection { return nil }
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
        let interruption = makeInterruption(endsWithConnection: whileAnotherServes, isPause: true)
        let timer = eventLoop.scheduleTask(in: TimeAmount(duration)) { interruption.succeed() }
        try? await interruption.futureResult.get()
        timer.cancel()
    }

    /// Succeeds when the place is closed or has to be filled otherwise; the caller must see to it that it succeeds in any case.
    private func makeInterruption(
        endsWithConnection: Bool = false,
        isPause: Bool = false
    ) -> EventLoopPromise<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let isOver = guarded.withLock { guarded in
            guarded.interruption = ConnectionSlot.Interruption(
                promise: promise,
                endsWithConnection: endsWithConnection,
                isPause: isPause
            )
            switch guarded.state {
            case .closed: return true
            case .ready: return guarded.isOutdated
            case .connecting, .failed: return guarded.isOutdated || (endsWithConnection && guarded.lender == nil)
            }
        }
        if isOver { promise.succeed() }
        return promise
    }
}
