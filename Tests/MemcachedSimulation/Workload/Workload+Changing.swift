import Memcached
import NIOCore

extension Workload {
    /// The dictionary's own loop of reading, changing and storing.
    func update(_ operation: Operation, _ timeout: Duration) async throws -> Operation.Outcome {
        let dictionary = world.dictionary.timeout(timeout)
        let (key, id, world) = (operation.key, operation.id, world)
        let attempts = world.choices.pick([1, 2, 5, 100])
        let pause = world.choices.chance(40) ? world.choices.int(in: 1...30) : 0
        operation.value = OperationTag.part("u", id)
        let policy: UnknownOutcomePolicy = operation.appliesAgain ? .applyAgain : .fail
        func change(_ value: inout String) async {
            // A default is of no key's yet.
            world.check(value, under: key)
            value += OperationTag.part("u", id)
            guard pause > 0 else { return }
            try? await world.client.cluster.sleep(.milliseconds(pause), until: operation.deadline)
        }
        if world.choices.chance(50) {
            return .updated(
                try await dictionary.update(forKey: key, attempts: attempts, whenUnknown: policy) { await change(&$0) }
            )
        }
        return .updated(
            try await dictionary.update(
                forKey: key,
                default: OperationTag.value(key, "d", id),
                attempts: attempts,
                whenUnknown: policy
            ) { await change(&$0) }
        )
    }

    func readThrough(_ operation: Operation, _ timeout: Duration) async throws -> Operation.Outcome {
        let dictionary = world.dictionary.timeout(timeout)
        let (key, id, world) = (operation.key, operation.id, world)
        let pause = world.choices.chance(60) ? world.choices.int(in: 1...60) : 0
        let value = try await dictionary.value(forKey: key) {
            if pause > 0 {
                try await world.client.cluster.sleep(.milliseconds(pause), until: .distantFuture)
            }
            return OperationTag.value(key, "r", id)
        }
        world.check(value, under: key)
        return .computed(value)
    }

    func administer(_ timeout: Duration) async -> Operation.Outcome {
        let client = world.client.timeout(timeout)
        switch world.choices.int(in: 1...6) {
        case 1: _ = await client.stats()
        case 2: _ = await client.version()
        case 3: _ = await client.noop()
        case 4: _ = await client.ping()
        case 5: _ = await client.flush()
        default: _ = await client.stats("no such group")
        }
        return .finished
    }
}
