package import Logging
package import MemcachedFraming
import NIOConcurrencyHelpers
package import NIOCore
import Synchronization

/// The fleet as one client sees it: its nodes, the ring that places keys on them, and their life from start to end.
package final class Cluster: Sendable {
    private enum Phase {
        case created, running, closed
    }

    package let configuration: ClientConfiguration
    package let environment: ClientEnvironment
    package let nodes: [Node]
    private let ring: KetamaRing
    private let phase = NIOLockedValueBox(Phase.created)
    /// Whether the log need not say any more that `run()` is missing.
    private let isStartKnown = Atomic(false)
    private let clock: any EventLoop

    package init(configuration: ClientConfiguration, environment: ClientEnvironment) throws(MemcachedError) {
        try configuration.validate()
        self.configuration = configuration
        self.environment = environment
        nodes = configuration.servers.map {
            Node(server: $0, configuration: configuration, environment: environment)
        }
        ring = KetamaRing(configuration.servers.map { ($0.ringName, $0.weight) })
        clock = environment.eventLoopGroup.any()
    }

    package var logger: Logger { environment.logger }

    package func deadline(after timeout: Duration) -> NIODeadline {
        clock.now + TimeAmount(timeout)
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
    /// Where a key belongs.
    package struct Place: Sendable {
        package let node: Node
        package let slot: ConnectionSlot
        /// The node's index in the configuration.
        package let index: Int
        package let slotIndex: Int
    }

    package func place(of key: ItemKey) -> Place {
        if nodes.count == 1, configuration.connectionsPerServer == 1 {
            return Place(node: nodes[0], slot: nodes[0].slots[0], index: 0, slotIndex: 0)
        }
        let hash = KeyHash(key)
        let index = ring.owner(of: hash)
        let node = nodes[index]
        let slotIndex = Int(hash.lane) % node.slots.count
        return Place(node: node, slot: node.slots[slotIndex], index: index, slotIndex: slotIndex)
    }

    /// Sends a request to its key's server.
    package func send(
        _ request: Request,
        for key: ItemKey,
        demanding version: ItemVersion? = nil,
        timeout: Duration
    ) async throws(MemcachedError) -> Node.Answer {
        let deadline = deadline(after: timeout)
        noteMissedStart()
        let place = place(of: key)
        do {
            return try await place.node.send(request, on: place.slot, demanding: version, deadline: deadline)
        } catch {
            throw error.naming(key: "\(key)")
        }
    }
}

extension Cluster {
    /// Keeps the connections up until the task is cancelled or the cluster is closed.
    package func run() async throws(MemcachedError) {
        let before = phase.withLockedValue { phase in
            defer { if phase == .created { phase = .running } }
            return phase
        }
        switch before {
        case .created: break
        case .running: throw MemcachedError(.invalidArgument, "run() has been called already; a client runs once")
        case .closed: return
        }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for slot in nodes.flatMap(\.slots) {
                    group.addTask { await slot.maintain() }
                }
            }
        } onCancel: {
            phase.withLockedValue { $0 = .closed }
            for slot in nodes.flatMap(\.slots) { slot.closeAtOnce() }
        }
    }

    /// Ends the client: new calls throw, and replies that are due may still come if `draining`. Called again, it waits as well.
    package func close(draining: Bool) async {
        phase.withLockedValue { $0 = .closed }
        let deadline = draining ? deadline(after: configuration.shutdownTimeout) : nil
        await withDiscardingTaskGroup { group in
            for slot in nodes.flatMap(\.slots) {
                group.addTask { await slot.close(drainUntil: deadline) }
            }
        }
    }

    /// `run()` is about to be called; calls may come first.
    package func expectStart() {
        isStartKnown.store(true, ordering: .relaxed)
    }

    /// Tells once, in the log, that calls wait for `run()`.
    package func noteMissedStart() {
        guard !isStartKnown.load(ordering: .relaxed), !isStartKnown.exchange(true, ordering: .relaxed) else { return }
        guard phase.withLockedValue({ $0 == .created }) else { return }
        logger.warning("a call waits since the client's run() has not been called; run it in a task or a service group")
    }
}
