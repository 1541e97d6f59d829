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
        /// No longer used, and perhaps still waiting for replies.
        var retired: [ConnectionSlot] = []
    }

    /// What `run()` does for as long as it runs.
    enum Job: Sendable {
        case maintain(Node, ConnectionSlot)
        /// Sees whether a server that is left out answers again.
        case trial(Node, number: Int)
    }

    package let environment: ClientEnvironment
    package let disclosure: KeyDisclosure
    package let dictionaries: CurrentDictionarySettings
    /// Nil where nobody listens.
    package let observation: Observation?
    private let current: Lock<Topology>
    /// The configured timeout in nanoseconds, where each call finds it without the lock.
    private let callTime: Atomic<Int64>
    private let guarded = Lock(Guarded())
    private let jobs: AsyncStream<Job>
    let newJobs: AsyncStream<Job>.Continuation
    /// Whether the log need not say any more that `run()` is missing.
    private let isStartKnown = Atomic(false)
    let clock: any EventLoop

    /// Keeps the configuration up to date for as long as `run()` runs; nil where nothing does.
    private let followConfiguration: (@Sendable (Cluster) async -> Void)?

    /// - Parameter followConfiguration: called by `run()`, and cancelled when that ends.
    package init(
        configuration: ClientConfiguration,
        environment: ClientEnvironment,
        followConfiguration: (@Sendable (Cluster) async -> Void)? = nil
    ) throws(MemcachedError) {
        try configuration.validate()
        self.environment = environment
        self.followConfiguration = followConfiguration
        disclosure = KeyDisclosure(configuration)
        dictionaries = CurrentDictionarySettings(configuration)
        callTime = Atomic(TimeAmount(configuration.timeout).nanoseconds)
        let observation = Observation(configuration.observability, redactsKeys: configuration.redactsKeysAndValues)
        self.observation = observation
        clock = environment.eventLoopGroup.any()
        let (jobs, newJobs) = AsyncStream.makeStream(of: Job.self)
        (self.jobs, self.newJobs) = (jobs, newJobs)
        let topology = Topology(configuration) { server in
            Self.node(server, configuration, environment, observation, newJobs)
        }
        current = Lock(topology)
    }

    /// The servers as they are now, and who owns which key.
    package var topology: Topology { current.withLock { $0 } }

    package var configuration: ClientConfiguration { topology.configuration }

    /// How long a call may take that doesn't say.
    package var timeout: TimeAmount { .nanoseconds(callTime.load(ordering: .relaxed)) }

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
            scheduleTrial(of: node, newJobs)
        }
    }
}

extension Cluster {
    /// Takes another list of servers from now on, as ``apply(_:)`` does.
    package func setServers(_ servers: [MemcachedServer]) throws(MemcachedError) {
        if try change({ $0.servers = servers }) != nil {
            logger.debug("the servers have changed", metadata: ["servers": "\(servers)"])
        }
    }

    /// Takes another configuration from now on. Servers that stay keep their connections; where new ones would be made otherwise, each
    /// is replaced as soon as a new one is there, and finishes what it has been sent.
    package func apply(_ configuration: ClientConfiguration) throws(MemcachedError) {
        guard let before = try change({ $0 = configuration }) else { return }
        let changes = configuration.changes(since: before)
        guard !changes.isEmpty else { return }
        logger.notice("the configuration has changed", metadata: ["changes": .array(changes.map { "\($0)" })])
    }

    /// Returns the configuration before; nil where nothing has changed.
    private func change(
        _ body: (inout ClientConfiguration) -> Void
    ) throws(MemcachedError) -> ClientConfiguration? {
        try guarded.withLock { guarded -> Result<ClientConfiguration?, MemcachedError> in
            let before = topology
            var configuration = before.configuration
            body(&configuration)
            configuration.keepBackends(of: before.configuration)
            if let problem = configuration.problems.first { return .failure(problem.error) }
            guard guarded.phase != .closed else {
                return .failure(
                    MemcachedError(.clientClosed, "the client has been shut down; its servers can't be changed")
                )
            }
            guard configuration.withoutBackends != before.configuration.withoutBackends else { return .success(nil) }
            replace(before, by: configuration, &guarded)
            return .success(before.configuration)
        }
        .get()
    }

    private func replace(_ before: Topology, by configuration: ClientConfiguration, _ guarded: inout Guarded) {
        let staying = Dictionary(uniqueKeysWithValues: before.nodes.map { ($0.address, $0) })
        let after = Topology(configuration) { server in
            staying[server.address]?.following(configuration)
                ?? Self.node(server, configuration, environment, observation, newJobs)
        }
        disclosure.follow(configuration)
        observation?.follow(configuration.observability, redactsKeys: configuration.redactsKeysAndValues)
        dictionaries.follow(configuration)
        callTime.store(TimeAmount(configuration.timeout).nanoseconds, ordering: .relaxed)
        // Whoever finds its server gone must find where the key belongs now.
        current.withLock { $0 = after }
        let old = Set(before.slots.map(ObjectIdentifier.init))
        let kept = Set(after.slots.map(ObjectIdentifier.init)).intersection(old)
        for node in after.nodes {
            for slot in node.slots {
                if kept.contains(ObjectIdentifier(slot)) {
                    slot.follow(configuration, insteadOf: before.configuration)
                } else if guarded.phase == .running {
                    newJobs.yield(.maintain(node, slot))
                }
            }
            if configuration.ejection != before.configuration.ejection { Self.rescheduleTrial(of: node, newJobs) }
        }
        let gone = before.slots.filter { !kept.contains(ObjectIdentifier($0)) }
        for slot in gone { slot.retire() }
        if guarded.phase == .running { guarded.retired += gone }
    }

    /// A slot has ended, and with it all its connections.
    private func forget(_ slot: ConnectionSlot) {
        guarded.withLock { $0.retired.removeAll { $0 === slot } }
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
                for node in topology.nodes {
                    for slot in node.slots { newJobs.yield(.maintain(node, slot)) }
                }
            }
            return before
        }
        switch before {
        case .created: break
        case .running: throw MemcachedError(.invalidArgument, "run() has been called already; a client runs once")
        case .closed: return
        }
        guard let followConfiguration else { return await doJobs() }
        await withDiscardingTaskGroup { group in
            group.addTask { await followConfiguration(self) }
            await doJobs()
            group.cancelAll()
        }
    }

    /// Returns when the cluster is closed, and all its connections are.
    private func doJobs() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs {
                    group.addTask {
                        switch job {
                        case .maintain(let node, let slot):
                            await node.maintain(slot)
                            self.forget(slot)
                        case .trial(let node, let number): await self.tryAgain(node, number: number)
                        }
                    }
                }
            }
        } onCancel: {
            for slot in end() { slot.closeAtOnce() }
        }
    }

    /// Ends the client: new calls throw, and replies that are due may still come if `draining`. Called again, it waits as well.
    package func close(draining: Bool) async {
        let deadline = draining ? deadline(after: configuration.shutdownTimeout) : nil
        let slots = end()
        await withDiscardingTaskGroup { group in
            for slot in slots {
                group.addTask { await slot.close(drainUntil: deadline) }
            }
        }
    }

    /// From now on there are no other connections than those of the slots that are returned.
    private func end() -> [ConnectionSlot] {
        let slots = guarded.withLock { guarded in
            guarded.phase = .closed
            return topology.slots + guarded.retired
        }
        newJobs.finish()
        return slots
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
