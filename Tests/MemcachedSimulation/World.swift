import Logging
import Memcached
import NIOCore

/// All parts of one simulation. Confined to one thread, whatever the compiler is told.
final class World: @unchecked Sendable {
    let plan: SimulationPlan
    let loop: SimulatedLoop
    let executor: SeededExecutor
    /// Chooses what is next among what may run.
    let schedule: Randomness
    /// Chooses what callers and faults do.
    let choices: Randomness
    /// Chooses who is cancelled within an instant.
    let interruptions: Randomness
    let history: History
    let servers: [SimulatedServer]
    let transport: SimulatedTransport
    let client: MemcachedClient
    let dictionary: MemcachedDict<String>
    private(set) var operations: [Operation] = []
    private(set) var open: [Call] = []
    /// Entries that were read, for compare-and-swaps, new ones and old ones.
    private(set) var entries: [MemcachedEntry<String>] = []
    private(set) var violation: Violation?
    var steps = 0
    /// Since time last went on.
    var stepsOfInstant = 0

    init(seed: UInt64, trace: Trace) throws {
        let choices = Randomness(seed: seed, stream: 1)
        let network = Randomness(seed: seed, stream: 2)
        let backoff = Randomness(seed: seed, stream: 3)
        schedule = Randomness(seed: seed, stream: 4)
        interruptions = Randomness(seed: seed, stream: 5)
        executor = SeededExecutor(random: schedule)
        self.choices = choices
        let plan = SimulationPlan(random: choices)
        self.plan = plan
        loop = SimulatedLoop(grain: .microseconds(Int64(plan.grain)))
        let (loop, history) = (loop, History(trace: trace))
        self.history = history
        servers = plan.servers.enumerated().map { index, settings in
            SimulatedServer(index: index, settings: settings, random: network, history: history, loop: loop)
        }
        transport = SimulatedTransport(loop: loop, random: network, servers: servers)
        var environment = ClientEnvironment(
            eventLoopGroup: loop,
            transport: transport,
            logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        )
        let stream = Confined(backoff)
        environment.random = { stream.value.next() }
        environment.wallClock = { Double(SimulatedServer.unixTime(loop.now)) }
        client = try MemcachedClient(configuration: plan.configuration, environment: environment)
        dictionary = MemcachedDict(client, keyPrefix: .none, codec: .text())
    }

    func report(_ property: Violation.Property, _ message: @autoclosure () -> String) {
        guard violation == nil else { return }
        let violation = Violation(property: property, message: message())
        self.violation = violation
        history.trace.note("violation", at: loop.now, 0, 0, violation.description)
    }
}

/// Something that only one thread uses.
struct Confined<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

extension World {
    func operation(_ kind: Operation.Kind, _ key: String) -> Operation {
        let operation = Operation(id: operations.count + 1, kind: kind, key: key)
        operations.append(operation)
        return operation
    }

    func begin(_ operation: Operation, timeout: Duration?) {
        operation.start(history.tick())
        if let timeout { operation.deadline = loop.now + timeout.timeAmount }
        if Task.isCancelled { operation.deadline = loop.now }
        history.trace.note(
            "begin",
            at: loop.now,
            operation.id,
            operation.startedAt,
            "\(operation.kind) '\(operation.key)' within \(timeout.map { "\($0)" } ?? "any time")"
                + (operation.entry.map { ", expecting cas \($0.version)" } ?? "")
        )
    }

    func end(_ operation: Operation, _ outcome: Operation.Outcome) {
        operation.hadToEnd = operation.deadline <= loop.now
        operation.end(history.tick(), outcome)
        let told = "\(outcome)"
        history.trace.note("end", at: loop.now, operation.id, operation.endedAt ?? 0, told)
        history.trace.mix(told)
        history.count("\(operation.kind): \(outcome.label)")
        if case .failed(.timedOut) = outcome, operation.kind != .readThrough, operation.deadline > loop.now {
            report(.withinDeadline, "\(operation.name) gave up \(operation.deadline - loop.now) before its deadline")
        }
        if case .read(let value?, _) = outcome { check(value, under: operation.key) }
    }

    func enter(_ call: Call) { open.append(call) }

    func leave(_ call: Call) { open.removeAll { $0 === call } }

    /// From now on nothing in it may wait.
    func cancel(_ call: Call) {
        for operation in call.operations where operation.outcome == nil { operation.deadline = loop.now }
        history.trace.note("cancel", at: loop.now, call.operations.first?.id ?? 0)
        call.task?.cancel()
    }

    func remember(_ entry: MemcachedEntry<String>) {
        entries.append(entry)
        if entries.count > 12 { entries.removeFirst() }
    }

    /// A value that was read must have been made for that key.
    func check(_ value: String, under key: String) {
        guard !plan.counters.contains(key) else {
            return check(count: value, under: key)
        }
        let owner = OperationTag.key(of: value).map(String.init)
        // Hostile lengths may cut a value; it must not be another key's even then.
        let isRight = owner == key || (plan.isHostile && !(plan.keys.contains { $0 == owner }))
        if !isRight { report(.valueUnderItsKey, "'\(value)' was read under '\(key)'") }
    }

    private func check(count text: String, under counter: String) {
        let isNumber = text.utf8.allSatisfy { (48...57).contains($0) || $0 == 32 }
        let number = isNumber ? UInt64(text.prefix { $0 != " " }) : nil
        let isLarge = number.map { $0 > 500_000_000 }
        // Hostile lengths may cut a number, or add to it; they never make a text of another key of it, nor a larger number.
        let isWrong =
            plan.isHostile
            ? isLarge == true && counter == "n0" || plan.keys.contains { text.hasPrefix("\($0)|") }
            : isLarge != (SimulationPlan.firstCount(of: counter) > 500_000_000)
        if isWrong { report(.valueUnderItsKey, "'\(text)' was read under '\(counter)'") }
    }

    func pause(_ microseconds: Int) async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            loop.after(.microseconds(Int64(microseconds))) { continuation.resume() }
        }
    }
}
