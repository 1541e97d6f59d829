import Memcached
import NIOCore

/// What callers do: several tasks at a time, each one call after the other.
struct Workload: Sendable {
    let world: World

    private var random: Randomness { world.choices }

    func work(_ count: Int) async {
        for _ in 0..<count {
            await world.pause(random.int(in: 0...random.pick([500, 20_000, 400_000])))
            await makeCall()
        }
    }

    private func makeCall() async {
        let (call, body) = draw()
        world.enter(call)
        let task = Task(executorPreference: world.executor) { await body() }
        call.task = task
        // Cancelled before its first step, now and then.
        if random.chance(2) { world.cancel(call) }
        await task.value
        world.leave(call)
    }

    private func draw() -> (Call, @Sendable () async -> Void) {
        let timeout = drawTimeout()
        // A server that garbles replies can mix up keys in batches only.
        let batches = world.plan.isHostile ? 35 : 12
        switch random.int(in: 1...100) {
        case ...batches:
            return batch(unique((0..<random.int(in: 1...5)).map { _ in drawKey() }), timeout)
        case ...(batches + 4):
            return group(timeout)
        default:
            let operation = drawOperation()
            return (Call([operation]), { await perform(operation, timeout) })
        }
    }

    /// Several operations in child tasks of one task; at times the first to end cancels the others.
    private func group(_ timeout: Duration) -> (Call, @Sendable () async -> Void) {
        let call = Call((0..<random.int(in: 2...3)).map { _ in drawOperation() })
        let cancelsRest = random.chance(30)
        let world = world
        return (
            call,
            {
                await withTaskGroup(of: Void.self) { group in
                    for operation in call.operations {
                        group.addTask { await perform(operation, timeout) }
                    }
                    await group.next()
                    guard cancelsRest else { return }
                    for operation in call.operations where operation.outcome == nil {
                        operation.deadline = world.loop.now
                    }
                    group.cancelAll()
                }
            }
        )
    }

    func unique(_ keys: [String]) -> [String] {
        var seen: [String] = []
        for key in keys where !seen.contains(key) { seen.append(key) }
        return seen
    }

    func drawKey() -> String {
        random.chance(85) ? random.pick(world.plan.keys) : random.pick(world.plan.counters)
    }

    private func drawTimeout() -> Duration {
        switch random.int(in: 1...10) {
        case ...3:
            let grain = world.plan.grain
            return .microseconds((random.int(in: 100...20_000) + grain - 1) / grain * grain)
        case ...8: return .milliseconds(random.int(in: 20...500))
        default: return .milliseconds(random.int(in: 500...3_000))
        }
    }

    func drawFiller() -> Int {
        switch random.int(in: 1...100) {
        case ...75: 0
        case ...93: random.int(in: 1...300)
        case ...98: random.int(in: 300...2_000)
        default: 20_000
        }
    }

    private func drawOperation() -> Operation {
        let kind = random.pick(Self.kinds)
        let operation: Operation
        switch kind {
        case .increment, .decrement:
            operation = world.operation(kind, random.pick(world.plan.counters))
        case .swap, .removeEntry:
            guard !world.entries.isEmpty else { return drawStore() }
            let entry = random.chance(60) ? world.entries[world.entries.count - 1] : random.pick(world.entries)
            operation = world.operation(kind, entry.key)
            operation.entry = entry
        case .get, .getAndTouch, .contains, .touch, .delete:
            operation = world.operation(kind, drawKey())
        default:
            operation = world.operation(kind, random.pick(world.plan.keys))
        }
        operation.filler = drawFiller()
        if kind == .update { operation.appliesAgain = random.chance(25) }
        return operation
    }

    private func drawStore() -> Operation {
        let operation = world.operation(.set, random.pick(world.plan.keys))
        operation.filler = drawFiller()
        return operation
    }

    private static let kinds: [Operation.Kind] = [
        .get, .get, .get, .get, .set, .set, .set, .add, .replace, .swap, .swap, .swap, .append,
        .increment, .increment, .decrement, .touch, .getAndTouch, .contains, .delete, .removeEntry,
        .update, .update, .update, .update, .readThrough, .administration,
    ]
}
