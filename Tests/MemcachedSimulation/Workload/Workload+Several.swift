import Memcached
import NIOCore

extension Workload {
    private func results<Value>(
        _ call: Call,
        _ results: [String: Result<Value, MemcachedError>],
        _ outcome: (Operation, Value) -> Operation.Outcome
    ) {
        // In the operations' order, not in the results'.
        for operation in call.operations {
            switch results[operation.key] {
            case .success(let value): world.end(operation, outcome(operation, value))
            case .failure(let error): world.end(operation, .failed(error.code))
            case nil: world.end(operation, .strange("a batch has no result for its key"))
            }
        }
    }

    private func begin(_ call: Call, _ timeout: Duration) {
        for operation in call.operations { world.begin(operation, timeout: timeout) }
    }

    /// One of the batches.
    func batch(_ keys: [String], _ timeout: Duration) -> (Call, @Sendable () async -> Void) {
        let dictionary = world.dictionary.timeout(timeout)
        let client = world.client.timeout(timeout)
        let texts = keys.filter { !world.plan.counters.contains($0) }
        switch world.choices.int(in: 1...10) {
        case ...4:
            let call = Call(keys.map { world.operation(.get, $0) })
            return (
                call,
                {
                    begin(call, timeout)
                    results(call, await client.getMany(keys)) { operation, item in
                        .read(item.map { String(buffer: $0.value) }, cas: item?.version.cas)
                    }
                }
            )
        case ...6 where !texts.isEmpty:
            let call = Call(texts.map { world.operation(.set, $0) })
            let values = call.operations.map { operation in
                let value = OperationTag.value(operation.key, "m", operation.id, filler: drawFiller())
                operation.value = value
                return (operation.key, value)
            }
            return (
                call,
                {
                    begin(call, timeout)
                    let all = Dictionary(uniqueKeysWithValues: values)
                    results(call, await dictionary.results(storing: all)) { _, _ in .stored(cas: nil) }
                }
            )
        case ...8 where !world.entries.isEmpty:
            return swaps(dictionary, timeout)
        default:
            let call = Call(keys.map { world.operation(.delete, $0) })
            return (
                call,
                {
                    begin(call, timeout)
                    results(call, await dictionary.results(removing: keys)) { .removed($1) }
                }
            )
        }
    }

    private func swaps(
        _ dictionary: MemcachedDict<String>,
        _ timeout: Duration
    ) -> (Call, @Sendable () async -> Void) {
        let keys = unique(world.entries.map(\.key))
        var entries: [MemcachedEntry<String>] = []
        let call = Call(
            keys.map { key in
                let operation = world.operation(.swap, key)
                var entry = world.choices.pick(world.entries.filter { $0.key == key })
                operation.entry = entry
                entry.value = OperationTag.value(key, "b", operation.id)
                operation.value = entry.value
                entries.append(entry)
                return operation
            }
        )
        let all = entries
        return (
            call,
            {
                begin(call, timeout)
                results(call, await dictionary.outcomes(storing: all)) { _, outcome in
                    switch outcome {
                    case .stored(let version): .stored(cas: version.cas)
                    case .conflict: .conflict
                    case .missing: .missing
                    }
                }
            }
        )
    }
}
