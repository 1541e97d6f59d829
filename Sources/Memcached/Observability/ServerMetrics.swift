package import MemcachedFraming
import Metrics
package import NIOCore

/// What a client counts and times of one server.
package final class ServerMetrics: Sendable {
    private struct Ending: Hashable {
        let name: OperationName
        let error: MemcachedError.Code?
        let status: Status?
    }

    private let factory: any MetricsFactory
    private let dimensions: [(String, String)]
    /// Made when they are first needed: a server that gets nothing but GET has no others.
    private let durations = Lock<[Ending: Timer]>([:])
    private let connectFailures = Lock<[MemcachedError.Code: Counter]>([:])

    private let activeRequests: Meter
    private let hits: Counter
    private let misses: Counter
    private let conflicts: Counter
    private let retries: Counter
    private let sent: Counter
    private let received: Counter
    private let queueTime: Timer
    private let connections: Meter
    private let pendingRequests: Meter
    private let waitTime: Timer
    private let connectionTimeouts: Counter
    private let createTime: Timer
    private let connects: Counter
    private let reconnects: Counter
    private let ejections: Counter

    init(of server: ServerAddress, factory: any MetricsFactory) {
        self.factory = factory
        var own = [(AttributeName.system, AttributeName.memcached), (AttributeName.serverAddress, server.hostName)]
        if let port = server.portNumber { own.append((AttributeName.serverPort, "\(port)")) }
        dimensions = own
        let pool = own + [(AttributeName.pool, "\(server)")]
        func counter(_ metric: ClientMetric, _ dimensions: [(String, String)]? = nil) -> Counter {
            Counter(label: metric.name, dimensions: dimensions ?? own, factory: factory)
        }
        func meter(_ metric: ClientMetric, _ dimensions: [(String, String)]? = nil) -> Meter {
            Meter(label: metric.name, dimensions: dimensions ?? own, factory: factory)
        }
        func timer(_ metric: ClientMetric, _ dimensions: [(String, String)]? = nil) -> Timer {
            Timer(
                label: metric.name,
                dimensions: dimensions ?? own,
                preferredDisplayUnit: .seconds,
                factory: factory
            )
        }
        activeRequests = meter(.activeRequests)
        hits = counter(.hits)
        misses = counter(.misses)
        conflicts = counter(.conflicts)
        retries = counter(.retries)
        sent = counter(.io, own + [(AttributeName.direction, "transmit")])
        received = counter(.io, own + [(AttributeName.direction, "receive")])
        queueTime = timer(.queueTime)
        connections = meter(.connectionCount, pool + [(AttributeName.connectionState, "used")])
        pendingRequests = meter(.pendingRequests, pool)
        waitTime = timer(.waitTime, pool)
        connectionTimeouts = counter(.connectionTimeouts, pool)
        createTime = timer(.createTime, pool)
        connects = counter(.connects)
        reconnects = counter(.reconnects)
        ejections = counter(.ejections)
    }
}

/// Calls.
extension ServerMetrics {
    package func requestBegan() {
        activeRequests.increment()
    }

    package func requestEnded() {
        activeRequests.decrement()
    }

    /// A call, or a batch's round trip, is done.
    ///
    /// - Parameters:
    ///   - error: nil where it has succeeded.
    ///   - status: what the server said, where it is the server that failed it.
    package func finished(
        _ name: OperationName,
        in time: TimeAmount,
        error: MemcachedError.Code?,
        status: Status? = nil
    ) {
        let timer = durations.withLock { durations in
            // A series of its own is kept for each: a broken server must not make thousands.
            let ending = Ending(name: name, error: error, status: status.flatMap { $0.isNamed ? $0 : nil })
            if let timer = durations[ending] { return timer }
            let timer = makeDuration(ending)
            durations[ending] = timer
            return timer
        }
        timer.recordNanoseconds(time.nanoseconds)
    }

    private func makeDuration(_ ending: Ending) -> Timer {
        var dimensions = dimensions + [(AttributeName.operation, "\(ending.name)")]
        if let error = ending.error { dimensions.append((AttributeName.errorType, "\(error)")) }
        if let status = ending.status { dimensions.append((AttributeName.status, status.code)) }
        return Timer(
            label: ClientMetric.operationDuration.name,
            dimensions: dimensions,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
    }

    package func found(hits: Int, misses: Int) {
        if hits > 0 { self.hits.increment(by: hits) }
        if misses > 0 { self.misses.increment(by: misses) }
    }

    package func conflicted(_ count: Int = 1) {
        if count > 0 { conflicts.increment(by: count) }
    }

    /// Requests are sent again, or to another server, since this one failed them.
    package func retried(_ count: Int = 1) {
        retries.increment(by: count)
    }

    package func ejected() {
        ejections.increment()
    }
}

/// Connections.
extension ServerMetrics {
    /// A call waits for a connection.
    package func waitBegan() {
        pendingRequests.increment()
    }

    /// It has one, or has given up.
    package func waitEnded(after time: TimeAmount) {
        pendingRequests.decrement()
        waitTime.recordNanoseconds(time.nanoseconds)
    }

    /// So many calls ran out of time while they waited for a connection.
    package func timedOut(waiting count: Int) {
        if count > 0 { connectionTimeouts.increment(by: count) }
    }

    /// - Parameter isAgain: whether the connection takes the place of another one.
    package func connected(in time: TimeAmount, isAgain: Bool) {
        createTime.recordNanoseconds(time.nanoseconds)
        connects.increment()
        if isAgain { reconnects.increment() }
        connections.increment()
    }

    package func disconnected() {
        connections.decrement()
    }

    package func connectFailed(_ error: MemcachedError.Code) {
        let counter = connectFailures.withLock { counters in
            if let counter = counters[error] { return counter }
            let counter = Counter(
                label: ClientMetric.connectFailures.name,
                dimensions: dimensions + [(AttributeName.errorType, "\(error)")],
                factory: factory
            )
            counters[error] = counter
            return counter
        }
        counter.increment()
    }
}

extension ServerMetrics: ConnectionObserver {
    package func sent(bytes: Int) {
        sent.increment(by: bytes)
    }

    package func received(bytes: Int) {
        received.increment(by: bytes)
    }

    package func waitedForRoom(_ time: TimeAmount) {
        queueTime.recordNanoseconds(time.nanoseconds)
    }
}
