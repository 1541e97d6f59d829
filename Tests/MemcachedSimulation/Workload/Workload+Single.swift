import Memcached
import NIOCore

extension Workload {
    /// Does an operation, and writes down what came of it.
    func perform(_ operation: Operation, _ timeout: Duration) async {
        world.begin(operation, timeout: operation.kind == .readThrough ? nil : timeout)
        let outcome: Operation.Outcome
        do {
            outcome = try await self.outcome(of: operation, timeout)
        } catch let error as MemcachedError {
            outcome = .failed(error.code)
        } catch {
            outcome = .strange("\(error)")
        }
        world.end(operation, outcome)
    }

    private func outcome(of operation: Operation, _ timeout: Duration) async throws -> Operation.Outcome {
        switch operation.kind {
        case .get, .getAndTouch, .contains, .touch:
            try await read(operation, timeout)
        case .set, .add, .replace, .swap, .append:
            try await store(operation, timeout)
        case .increment, .decrement:
            try await count(operation, timeout)
        case .delete, .removeEntry:
            try await remove(operation, timeout)
        case .update:
            try await update(operation, timeout)
        case .readThrough:
            try await readThrough(operation, timeout)
        case .administration:
            await administer(timeout)
        }
    }

    private func read(_ operation: Operation, _ timeout: Duration) async throws -> Operation.Outcome {
        let (client, dictionary) = (world.client.timeout(timeout), world.dictionary.timeout(timeout))
        let key = operation.key
        let tag = Expiration.after(.seconds(OperationTag.firstExpiration + operation.id))
        switch operation.kind {
        case .touch:
            return .touched(try await client.touch(key, expiration: tag))
        case .contains:
            return .touched(try await dictionary.contains(key))
        case .getAndTouch:
            let item = try await client.getAndTouch(key, expiration: tag)
            return .read(item.map { String(buffer: $0.value) }, cas: item?.version.cas)
        default:
            if world.plan.counters.contains(key) {
                let item = try await client.get(key)
                return .read(item.map { String(buffer: $0.value) }, cas: item?.version.cas)
            }
            let entry = try await dictionary.entry(forKey: key)
            if let entry { world.remember(entry) }
            return .read(entry?.value, cas: entry?.version.cas)
        }
    }

    private func store(_ operation: Operation, _ timeout: Duration) async throws -> Operation.Outcome {
        let (client, dictionary) = (world.client.timeout(timeout), world.dictionary.timeout(timeout))
        let (key, id) = (operation.key, operation.id)
        let expiration: Expiration = world.choices.chance(20) ? .after(.seconds(world.choices.int(in: 1...6))) : .never
        func value(_ letter: Character) -> String {
            let value = OperationTag.value(key, letter, id, filler: operation.filler)
            operation.value = value
            return value
        }
        switch operation.kind {
        case .add:
            switch try await dictionary.add(value("a"), forKey: key, expiration: expiration) {
            case .stored(let version): return .stored(cas: version.cas)
            case .exists: return .exists
            }
        case .replace:
            switch try await dictionary.replace(value("p"), forKey: key, expiration: expiration) {
            case .stored(let version): return .stored(cas: version.cas)
            case .missing: return .missing
            }
        case .swap:
            guard var entry = operation.entry else { return .finished }
            entry.value = value("c")
            switch try await dictionary.store(entry, expiration: expiration) {
            case .stored(let version):
                world.remember(MemcachedEntry(key: key, value: entry.value, version: version))
                return .stored(cas: version.cas)
            case .conflict: return .conflict
            case .missing: return .missing
            }
        case .append:
            operation.value = OperationTag.part("e", id)
            switch try await client.append(ByteBuffer(string: OperationTag.part("e", id)), to: key) {
            case .stored(let version): return .stored(cas: version.cas)
            case .notStored: return .notStored
            }
        default:
            let version = try await client.set(
                key,
                to: ByteBuffer(string: value("s")),
                expiration: expiration
            )
            world.remember(MemcachedEntry(key: key, value: value("s"), version: version))
            return .stored(cas: version.cas)
        }
    }

    private func count(_ operation: Operation, _ timeout: Duration) async throws -> Operation.Outcome {
        let client = world.client.timeout(timeout)
        let initial: UInt64? = world.choices.chance(60) ? SimulationPlan.firstCount(of: operation.key) : nil
        let amount = UInt64(operation.id)
        return operation.kind == .increment
            ? .counted(try await client.increment(operation.key, by: amount, initial: initial))
            : .counted(try await client.decrement(operation.key, by: amount, initial: initial))
    }

    private func remove(_ operation: Operation, _ timeout: Duration) async throws -> Operation.Outcome {
        let dictionary = world.dictionary.timeout(timeout)
        guard let entry = operation.entry else {
            return .removed(try await dictionary.removeValue(forKey: operation.key))
        }
        return switch try await dictionary.remove(entry) {
        case .removed: .removed(true)
        case .missing: .removed(false)
        case .conflict: .conflict
        }
    }
}
