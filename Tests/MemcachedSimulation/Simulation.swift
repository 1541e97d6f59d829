import Memcached
import NIOCore

/// A simulation, in the manner of FoundationDB's and TigerBeetle's: the client as it is, from the dictionary down to the channel's
/// handler, over a network, servers and a clock that are a seed's. Everything runs on one thread, so that a seed always gives the
/// same run.
///
/// ```
/// swift run -c release memcached-simulate --seeds 10000
/// swift run -c release memcached-simulate --seed 4711        # one run, with its trace
/// ```
///
/// How it is made: ``World`` holds the parts. `Workload` makes calls from several tasks; `SeededExecutor` and `SimulatedLoop` let chance
/// choose who is next; `Pipe` cuts, delays and loses bytes; `SimulatedServer` executes commands with `MemcachedTesting`'s engine and
/// writes down each in `History`; `FaultScript` makes things go wrong; `Judge` holds what callers were told against what was executed.
///
/// - To add a fault: a case in `Fault`, and what it does in `FaultScript`.
/// - To add an operation: a kind in `Operation`, and the call in `Workload`. What it sends must carry its number (`OperationTag`).
/// - To add a property: a case in ``Violation/Property``, checked in `Judge` at the end or in ``Simulation`` at each step; and a patch in
///   `Mutations` that breaks the client so that only the new property sees it.
/// - Nothing that affects order may iterate over a hashed collection, and nothing may take its time or its chance from outside.
package struct Simulation {
    let world: World
    private let seed: UInt64
    let faults: FaultScript

    /// Runs one seed.
    package static func run(seed: UInt64, isTracing: Bool = false) -> SimulationReport {
        let trace = Trace(isRecording: isTracing)
        do {
            var simulation = Simulation(seed: seed, world: try World(seed: seed, trace: trace))
            return simulation.run()
        } catch {
            preconditionFailure("seed \(seed): the plan makes no client: \(error)")
        }
    }

    private init(seed: UInt64, world: World) {
        self.seed = seed
        self.world = world
        faults = FaultScript(world: world)
    }

    private mutating func run() -> SimulationReport {
        let life = ClientLife(world: world)
        life.start(after: world.plan.startDelay)
        var workers = 0
        for _ in 0..<world.plan.workers {
            workers += 1
            let world = world
            let operations = world.plan.operationsPerWorker
            let done = Confined { workers -= 1 }
            Task(executorPreference: world.executor) {
                await Workload(world: world).work(operations)
                done.value()
            }
        }
        faults.schedule()
        if world.plan.endsEarly { life.end(after: world.choices.int(in: 0...900_000)) }
        run(atMost: .seconds(120)) { workers == 0 && faults.pending == 0 }
        faults.end()
        if !world.plan.endsEarly {
            let probe = RecoveryProbe(world: world)
            probe.start()
            run(atMost: probe.limit) { probe.isDone }
            probe.check()
            // What was lost with a vanished peer is in use until its connection is given up.
            run(atMost: (world.plan.configuration.connection.stallTimeout + .seconds(2)).timeAmount) { isAtRest }
            checkRest()
            life.end(after: 0)
        }
        run(atMost: .seconds(120)) { false }
        checkEnd(life)
        if world.violation == nil {
            let judge = Judge(
                operations: world.operations,
                executions: world.history.executions,
                circumstances: Circumstances(plan: world.plan, faults: faults),
                lies: world.history.lies
            )
            if let violation = judge.verdict() { world.report(violation.property, violation.message) }
            checkLinearizability()
        }
        world.loop.dropAll()
        return SimulationReport(seed: seed, world: world)
    }
}

extension Simulation {
    /// Runs until the condition holds, nothing is left to happen, or a property doesn't hold.
    private func run(atMost time: TimeAmount, until isDone: () -> Bool) {
        let limit = world.loop.now + time
        while world.violation == nil, !isDone() {
            if step() { continue }
            guard let next = world.loop.nextDeadline else { return }
            checkDeadlines()
            guard next <= limit else { return }
            world.loop.advance(to: next)
            world.stepsOfInstant = 0
        }
    }

    /// Lets one thing happen at the present time. False where there is none.
    private func step() -> Bool {
        let loop = world.loop
        let ready = loop.hasReady ? 1 : 0
        let due = loop.hasDue ? 1 : 0
        let jobs = world.executor.count
        guard ready + due + jobs > 0 else { return false }
        let choice = world.schedule.int(in: 1...ready + due + jobs)
        if choice <= jobs {
            world.executor.runOne()
        } else if choice <= jobs + ready {
            loop.runReady()
        } else {
            loop.runDue()
        }
        checkStep()
        faults.interrupt()
        return true
    }
}
