import Logging
package import MemcachedFraming
package import NIOCore

/// One server of the fleet, with its fixed number of connections.
package final class Node: Sendable {
    package let address: ServerAddress
    /// A key's requests always take the same one, and so keep their order while neither connections are replaced nor their number
    /// changes.
    package let slots: [ConnectionSlot]
    package let health: NodeHealth
    /// Nil where nobody listens.
    package let metrics: ServerMetrics?
    private let configuration: CurrentConfiguration
    private let environment: ClientEnvironment
    private let onEjection: @Sendable (Node) -> Void

    /// - Parameter onEjection: called when the server has failed so often that it is left out.
    package init(
        address: ServerAddress,
        configuration: ClientConfiguration,
        environment: ClientEnvironment,
        metrics: ServerMetrics? = nil,
        onEjection: @escaping @Sendable (Node) -> Void = { _ in }
    ) {
        let current = CurrentConfiguration(configuration)
        self.address = address
        self.metrics = metrics
        self.configuration = current
        self.environment = environment
        self.onEjection = onEjection
        health = NodeHealth(limit: configuration.ejection?.failures)
        slots = (0..<configuration.connectionsPerServer).map { _ in
            ConnectionSlot(server: address, configuration: current, environment: environment, metrics: metrics)
        }
    }

    /// The same server with another number of connections: it keeps as many as it may, and what is known of its health.
    private init(_ node: Node, slotCount: Int) {
        address = node.address
        metrics = node.metrics
        configuration = node.configuration
        environment = node.environment
        onEjection = node.onEjection
        health = node.health
        let kept = node.slots.prefix(slotCount)
        slots =
            kept
            + (kept.count..<slotCount).map { index in
                ConnectionSlot(
                    server: node.address,
                    configuration: node.configuration,
                    environment: node.environment,
                    metrics: node.metrics,
                    lender: kept[index % kept.count]
                )
            }
    }

    /// How long a server that is left out waits for a trial; nil where none ever is.
    var trialInterval: Duration? { configuration.value.ejection?.trialInterval }

    /// Takes another configuration, and returns the node for it: this one, or where it has another number of connections one that
    /// shares what it can.
    func following(_ configuration: ClientConfiguration) -> Node {
        self.configuration.follow(configuration)
        health.follow(limit: configuration.ejection?.failures)
        let count = configuration.connectionsPerServer
        return count == slots.count ? self : Node(self, slotCount: count)
    }

    /// Keeps a slot connected, and counts what becomes of its attempts.
    package func maintain(_ slot: ConnectionSlot) async {
        await slot.maintain { isConnected in
            if isConnected { self.noteAnswer() } else { self.noteFailure() }
        }
    }

    func noteAnswer() {
        guard health.answered() else { return }
        environment.logger.notice("the server answers again", metadata: ["server": "\(address)"])
    }

    private func noteFailure() {
        guard health.failed() else { return }
        environment.logger.warning(
            "the server is left out, since it failed too often in a row",
            metadata: ["server": "\(address)"]
        )
        metrics?.ejected()
        onEjection(self)
    }
}

/// A request that got no reply over a connection.
package struct FailedAttempt: Sendable {
    let ready: ReadyConnection
    let failure: RequestFailure
}

/// Why a server gave no answer.
package struct NodeFailure: Error {
    package let error: MemcachedError
    /// Whether another server may be asked: nothing has reached this one, or the request only reads.
    package let mayGoElsewhere: Bool
}

extension Node {
    /// A reply, and where it came from. A tuple, since that can be taken apart without a copy.
    package typealias Answer = (reply: Reply, origin: ItemVersion.Origin)

    /// Sends one request, more than once only as ``Repetition`` allows.
    ///
    /// - Parameters:
    ///   - first: an attempt that has been made before; nil where this makes the first one.
    ///   - retry: what is counted where the request is sent.
    package func send(
        _ request: Request,
        on slot: ConnectionSlot,
        demanding version: ItemVersion? = nil,
        deadline: NIODeadline,
        after first: FailedAttempt? = nil,
        countingIn retry: inout OwedRetry
    ) async throws(NodeFailure) -> Answer {
        var repetition = Repetition()
        var failed = first
        while true {
            if let attempt = failed {
                slot.lost(attempt.ready.connection, by: attempt.failure)
                guard repetition.goesOn(after: attempt.failure, request) else {
                    throw ended(by: attempt.failure, request, on: attempt.ready)
                }
                // What was queued or turned away is sent for the first time.
                if attempt.failure.mayHaveReachedServer { retry.owe(metrics) }
            }
            let ready = try await connection(of: slot, deadline: deadline)
            if let refusal = ready.refusal(of: request, demanding: version) {
                throw NodeFailure(error: refusal, mayGoElsewhere: false)
            }
            retry.count()
            let result = await ready.connection.send(request, deadline: deadline)
            switch consume result {
            case .success(let reply):
                noteAnswer()
                return (reply, ready.origin)
            case .failure(let failure):
                failed = FailedAttempt(ready: ready, failure: failure)
            }
        }
    }

    /// Sends a request that no other server has failed.
    package func send(
        _ request: Request,
        on slot: ConnectionSlot,
        deadline: NIODeadline
    ) async throws(NodeFailure) -> Answer {
        var retry = OwedRetry()
        return try await send(request, on: slot, deadline: deadline, countingIn: &retry)
    }

    /// Asks for statistics; a refusal is the only reply then.
    package func statistics(_ request: Request, deadline: NIODeadline) async throws(NodeFailure) -> [Reply] {
        let slot = slots[0]
        var repetition = Repetition()
        var retry = OwedRetry()
        while true {
            let ready = try await connection(of: slot, deadline: deadline)
            retry.count()
            switch await ready.connection.sendStatistics(request, deadline: deadline) {
            case .success(let replies):
                noteAnswer()
                return replies
            case .failure(let failure):
                slot.lost(ready.connection, by: failure)
                guard repetition.goesOn(after: failure, request) else { throw ended(by: failure, request, on: ready) }
                if failure.mayHaveReachedServer { retry.owe(metrics) }
            }
        }
    }

    func connection(of slot: ConnectionSlot, deadline: NIODeadline) async throws(NodeFailure) -> ReadyConnection {
        do {
            return try await slot.connection(deadline: deadline)
        } catch {
            throw NodeFailure(error: error, mayGoElsewhere: error.isOutage)
        }
    }

    /// A request has ended without a reply, and is not repeated here.
    func ended(by failure: RequestFailure, _ request: Request, on ready: ReadyConnection) -> NodeFailure {
        if failure.speaksAgainst(ready.connection) { noteFailure() }
        return NodeFailure(
            error: failure.error(
                server: address,
                isMutation: request.isMutation,
                concernsItem: request.opcode != .stat && request.key != nil
            ),
            mayGoElsewhere: failure.allowsRepeating(request)
        )
    }
}

extension RequestFailure {
    /// Whether it is a sign that the server is down or doesn't answer, and the first one of its connection's end.
    fileprivate func speaksAgainst(_ connection: Connection) -> Bool {
        switch reason {
        case .timedOut: mayHaveReachedServer
        case .closed(.closedHere), .cancelled, .overloaded, .repliesTooLarge: false
        case .closed: connection.countsItsEnd()
        }
    }
}
