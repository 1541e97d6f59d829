import Memcached
import NIOCore

extension Simulation {
    func checkStep() {
        world.steps += 1
        world.stepsOfInstant += 1
        if world.stepsOfInstant > 3_000 {
            world.report(.nothingIsLeft, "3,000 steps within one instant, and no end")
        }
        if world.steps > 30_000 {
            world.report(.nothingIsLeft, "30,000 steps, and no end")
        }
        if world.executor.hasResumedTwice {
            world.report(.resumedOnce, "a task was resumed while it was about to run")
        }
        let limits = world.plan.configuration.connection
        for link in world.transport.openLinks() {
            checkBounds(link.outstanding, of: link)
            guard let load = link.connection?.load else { continue }
            // What is too large alone, with the NOOP behind it where it is a batch, goes out alone.
            if load.requests > max(limits.maximumRequestsInFlight, 2) || load.requests < 0 {
                world.report(.withinBounds, "\(load.requests) requests are in use on connection \(link.id)")
            }
            if (load.bytes > limits.maximumBytesInFlight && load.requests > 2) || load.bytes < 0 {
                world.report(.withinBounds, "\(load.bytes) bytes are in use on connection \(link.id)")
            }
        }
    }

    /// Whatever the client's own counters say.
    private func checkBounds(_ outstanding: Outstanding, of link: Link) {
        let limits = world.plan.configuration.connection
        if outstanding.isBroken {
            world.report(.withinBounds, "what was sent on connection \(link.id) is no command")
        }
        let isOver =
            outstanding.bytes > limits.maximumBytesInFlight || outstanding.count > limits.maximumRequestsInFlight
        if isOver, outstanding.isSeveral {
            world.report(
                .withinBounds,
                "on connection \(link.id), \(outstanding.count) commands of \(outstanding.bytes) bytes were sent and not executed"
            )
        }
    }

    /// Before time goes on: whoever has to have ended has ended.
    func checkDeadlines() {
        for call in world.open {
            for operation in call.operations {
                guard operation.outcome == nil, operation.startedAt > 0, operation.deadline <= world.loop.now else {
                    continue
                }
                world.report(
                    .withinDeadline,
                    "\(operation.name) still waits at \(world.loop.now), its deadline was \(operation.deadline)"
                )
            }
        }
    }

    private var waitingForConnections: Int {
        world.client.cluster.topology.nodes.flatMap(\.slots).reduce(0) { $0 + $1.waitingCount }
    }

    /// Checks of idle connections and trials of ejected servers come and go.
    var isAtRest: Bool {
        waitingForConnections == 0
            && world.transport.openLinks().allSatisfy { link in
                guard let load = link.connection?.load else { return true }
                return load.requests == 0 && load.bytes == 0 && load.waiting == 0
            }
    }

    func checkRest() {
        guard world.violation == nil else { return }
        let waiting = waitingForConnections
        if waiting > 0 { world.report(.nothingLeaks, "\(waiting) callers wait for a connection") }
        if !isAtRest {
            let loads = world.transport.openLinks().map { "\($0.id): \(String(describing: $0.connection?.load))" }
            world.report(.nothingLeaks, "at rest, connections have \(loads)")
        }
        if !world.open.isEmpty {
            world.report(.nothingIsLeft, "a call never ended: \(world.open[0].operations.map(\.name))")
        }
    }

    /// Where one server has each key throughout, and none lies.
    func checkLinearizability() {
        let plan = world.plan
        guard !plan.isHostile, plan.configuration.failurePolicy == .fail, !faults.hasChangedServers else { return }
        for key in plan.keys {
            let search = LinearizationSearch(
                operations: world.operations.filter { $0.key == key },
                mayBeLost: plan.evicts || Loss.isShown(by: world.history.executions.filter { $0.key == key })
            )
            switch search.run() {
            case .found: world.history.count("linearization: found")
            case .tooLarge: world.history.count("linearization: not searched")
            case .impossible:
                world.report(.linearizable, "no order explains what callers were told of '\(key)'")
            }
        }
    }

    func checkEnd(_ life: ClientLife) {
        guard world.violation == nil else { return }
        if !life.isOver { world.report(.nothingIsLeft, "run() or shutdown() has not returned") }
        if let call = world.open.first {
            world.report(.nothingIsLeft, "a call never ended: \(call.operations.map(\.name))")
        }
        let links = world.transport.openLinks()
        if !links.isEmpty { world.report(.nothingIsLeft, "\(links.count) connections are open") }
        if world.transport.pendingCount > 0 { world.report(.nothingIsLeft, "a connection is being established") }
        if world.loop.timerCount > 0 || world.loop.hasReady || world.executor.count > 0 {
            world.report(.nothingIsLeft, "\(world.loop.timerCount) timers are set two minutes after the end")
        }
    }
}
