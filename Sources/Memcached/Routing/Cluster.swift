package import Logging
import MemcachedFraming
package import NIOCore
import Synchronization

/// The fleet as one client sees it: its servers, and their life from start to end.
package final class Cluster: Sendable {
    private enum Phase {
        case created, running, closed
    }

    private struct Guarded {
        var phase = Phase.created
        /// Off the list, and perhaps still waiting for replies.
        var retired: [Node] = []
    }

    /// What `run()` does for as long as it runs.
    enum Job: Sendable {
        case maintain(Node, ConnectionSlot)
        /// Sees whether a server that is left out answers again.
        case trial(Node)
    }

    package let configuration: ClientConfiguration
    package let environment: ClientEnvironment
    package let disclosure: KeyDisclosure
    /// Nil where nobody listens.
    package let observation: Observation?
    private let current: Lock<Topology>
    private let guarded = Lock(Guarded())
    private let jobs: AsyncStream<Job>
    let newJobs: AsyncStream<Job>.Continuation
    /// Whether the log need not say any more that `run()` is missing.
    private let isStartKnown = Atomic(false)
    let clock: any EventLoop

    package init(configuration: ClientConfiguration, environment: ClientEnvironment) throws(MemcachedError) {
        try configuration.validate()
        self.configuration = configuration
        self.environment = environment
        disclosure = KeyDisclosure(configuration)
        let observation = Observation(configuration.observability, redactsKeys: configuration.redactsKeysAndValues)
        self.observation = observation
        clock = environment.eventLoopGroup.any()
        let (jobs, newJobs) = AsyncStream.makeStream(of: Job.self)
        (self.jobs, self.newJobs) = (jobs, newJobs)
        let topology = Topology(servers: configuration.servers) { server in
            Self.node(server, configuration, environment, observation, newJobs)
        }
        current = Lock(topology)
    }

    /// The servers as they are now, and who owns which key.
    package var topology: Topology { current.withLock { $0 } }

    package var logger: Logger { environment.logger }

    package func deadline(after timeout: Duration) -> NIODeadline {
        now + TimeAmount(timeout)
    }

    package var now: NIODeadline { clock.now }

    /// Waits, but not past the deadline.
    package func sleep(_ duration: Duration, until deadline: NIODeadline) async throws(MemcachedError) {
        let promise = clock.makePromise(of: Void.self)
        let timer = clock.scheduleTask(deadline: min(deadline, self.deadline(after: duration))) { promise.succeed() }
        defer { timer.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(CancellationError())
            }
        } catch {
            throw MemcachedError(.cancelled, "the task was cancelled")
        }
    }
}

extension Cluster {
    private static func node(
        _ server: MemcachedServer,
        _ configuration: ClientConfiguration,
        _ environment: ClientEnvironment,
        _ observation: Observation?,
        _ newJobs: AsyncStream<Job>.Continuation
    ) -> Node {
        Node(
            address: server.address,
            configuration: configuration,
            environment: environment,
            metrics: observation?.metrics(of: server.address)
        ) { node in
            scheduleTrial(of: node, after: configuration.ejection?.trialInterval, newJobs)
        }
    }

    private func maintain(_ node: Node) {
        for slot in node.slots { newJobs.yield(.maintain(node, slot)) }
    }
}

extension Cluster {
    /// Takes another list of servers from now on. Servers that stay keep their connections; those that are gone finish what they
    /// have been sent.
    package func setServers(_ servers: [MemcachedServer]) throws(MemcachedError) {
        var next = configuration
        next.servers = servers
        try next.validate()
        let isDone = guarded.withLock { guarded in
            guard guarded.phase != .closed else { return false }
            let before = topology
            var staying: [ServerAddress: Node] = [:]
            for node in before.nodes { staying[node.address] = node }
            var new: [Node] = []
            let after = Topology(servers: servers) { server in
                if let node = staying.removeValue(forKey: server.address) { return node }
                let node = Self.node(server, configuration, environment, observation, newJobs)
                new.append(node)
                return node
            }
            let gone = before.nodes.filter { staying[$0.address] != nil }
            // Whoever finds its server gone must find where the key belongs now.
            current.withLock { $0 = after }
            if guarded.phase == .running {
                for node in new { maintain(node) }
            }
            for node in gone { node.retire() }
            guarded.retired.removeAll { $0.slots.allSatisfy(\.hasEnded) }
            guarded.retired += gone
            return true
        }
        guard isDone else {
            throw MemcachedError(.clientClosed, "the client has been shut down; its servers can't be changed")
        }
        logger.debug("the servers have changed", metadata: ["servers": "\(servers)"])
    }
}

extension Cluster {
    /// Keeps the connections up until the task is cancelled or the cluster is closed.
    package func run() async throws(MemcachedError) {
        let before = guarded.withLock { guarded in
            let before = guarded.phase
            if before == .created {
                guarded.phase = .running
                // Not before: a client that never runs would hold its nodes, and they it, for ever.
                for node in topology.nodes { maintain(node) }
            }
            return before
        }
        switch before {
        case .created: break
        case .running: throw MemcachedError(.invalidArgument, "run() has been called already; a client runs once")
        case .closed: return
        }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs {
                    group.addTask {
                        switch job {
                        case .maintain(let node, let slot): await node.maintain(slot)
                        case .trial(let node): await self.tryAgain(node)
                        }
                    }
                }
            }
        } onCancel: {
            for node in end() {
                for slot in node.slots { slot.closeAtOnce() }
            }
        }
    }

    /// Ends the client: new calls throw, and replies that are due may still come if `draining`. Called again, it waits as well.
    package func close(draining: Bool) async {
        let deadline = draining ? deadline(after: configuration.shutdownTimeout) : nil
        let nodes = end()
        await withDiscardingTaskGroup { group in
            for slot in nodes.flatMap(\.slots) {
                group.addTask { await slot.close(drainUntil: deadline) }
            }
        }
    }

    /// From now on there are no other nodes than those that are returned.
    private func end() -> [Node] {
        let nodes = guarded.withLock { guarded in
            guarded.phase = .closed
            return topology.nodes + guarded.retired
        }
        newJobs.finish()
        return nodes
    }

    /// `run()` is about to be called; calls may come first.
    package func expectStart() {
        isStartKnown.store(true, ordering: .relaxed)
    }

    /// Tells once, in the log, that calls wait for `run()`.
    package func noteMissedStart() {
        guard !isStartKnown.load(ordering: .relaxed), !isStartKnown.exchange(true, ordering: .relaxed) else { return }
        guard guarded.withLock({ $0.phase == .created }) else { return }
        logger.warning("a call waits since the client's run() has not been called; run it in a task or a service group")
    }
}
