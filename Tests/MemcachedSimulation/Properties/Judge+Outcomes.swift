import Memcached
import MemcachedFraming

extension Judge {
    /// An outcome that was told must be what a server did during the call.
    func checkOutcome(_ operation: Operation, _ outcome: Operation.Outcome) -> Violation? {
        switch outcome {
        case .read(let value, let cas):
            return demandRead(operation) {
                $0.before == value && (value == nil || cas == nil || $0.cas == cas)
            }
        case .touched(let wasThere):
            return operation.kind == .touch
                ? demand(operation) { $0.isSuccess == wasThere }
                : demandRead(operation) { $0.isSuccess == wasThere }
        case .stored(let cas):
            return demand(operation) { $0.isSuccess && (cas == nil || $0.cas == cas) }
        case .conflict where operation.kind == .swap:
            return demand(operation) { $0.status == .keyExists }
        case .exists:
            return demand(operation) { $0.status == .keyExists }
        case .missing:
            return demand(operation) { $0.status == .keyNotFound }
        case .notStored:
            return demand(operation) { $0.status == .notStored }
        case .counted(nil):
            return demand(operation) { $0.status == .keyNotFound }
        case .counted(let number?):
            return demand(operation) { $0.isSuccess && $0.after.flatMap { Self.number($0) } == number }
        case .updated(let value?):
            return demand(operation) { $0.isSuccess && $0.after == value }
        case .updated(nil):
            let stores = executions(of: operation).filter(\.isSuccess)
            guard stores.isEmpty || operation.appliesAgain else { return untrue(operation, stores) }
            return demandRead(operation) { $0.before == nil }
        case .computed(let value):
            // Another caller may have read it, or made it, before this one began.
            let maker = OperationTag.operations(in: value).last
            let isThere = executions.contains {
                guard $0.key == operation.key, $0.sequence < operation.endedAt ?? 0 else { return false }
                let isMade = $0.opcode == .add && $0.operation == maker && ($0.isSuccess || $0.status == .keyExists)
                return isMade || $0.before == value || ($0.isSuccess && $0.after == value)
            }
            return isThere ? nil : untrue(operation, [])
        case .conflict, .removed, .finished, .failed, .strange:
            return nil
        }
    }

    /// One execution like that during the call. An update that is asked to may have others before.
    private func demand(_ operation: Operation, _ isRight: (Execution) -> Bool) -> Violation? {
        let all = executions(of: operation)
        let right = all.filter { isRight($0) && isDuring($0, operation) }
        return right.count == 1 || (operation.appliesAgain && !right.isEmpty) ? nil : untrue(operation, all)
    }

    private func demandRead(_ operation: Operation, _ isRight: (Execution) -> Bool) -> Violation? {
        let reads = executions.filter {
            $0.key == operation.key && ($0.opcode == .get || $0.opcode == .getAndTouch) && isDuring($0, operation)
        }
        guard !reads.contains(where: isRight) else { return nil }
        return Violation(
            property: .valueUnderItsKey,
            message: "\(operation.name) was read by none of \(reads)"
        )
    }

    func isDuring(_ execution: Execution, _ operation: Operation) -> Bool {
        execution.sequence > operation.startedAt && execution.sequence < operation.endedAt ?? 0
    }

    private func untrue(_ operation: Operation, _ all: [Execution]) -> Violation {
        Violation(property: .outcomeIsTrue, message: "\(operation.name); executed: \(all)")
    }

    private static func number(_ text: String) -> UInt64? {
        UInt64(text.split(separator: " ").first ?? "")
    }
}

extension Judge {
    /// What a server did must be what its operation asked for.
    func check(_ execution: Execution) -> Violation? {
        guard execution.isSuccess, let id = execution.operation, operations.indices.contains(id - 1) else { return nil }
        let operation = operations[id - 1]
        switch (operation.kind, execution.opcode) {
        case (.swap, .set):
            guard execution.requestCAS != 0 else { return overwritten(operation, execution) }
            guard execution.before != operation.entry?.value else { return nil }
            return wasShown(operation.entry?.value, before: execution) ? overwritten(operation, execution) : nil
        case (.update, .set):
            let part = OperationTag.part("u", id)
            guard execution.requestCAS != 0, let after = execution.after, after.hasSuffix(part) else {
                return overwritten(operation, execution)
            }
            let expected = String(after.dropLast(part.count))
            guard execution.before != expected else { return nil }
            return wasShown(expected, before: execution) ? overwritten(operation, execution) : nil
        // A full server makes room before it looks, at times of the very item.
        case (.update, .add) where !circumstances.evicts, (.readThrough, .add) where !circumstances.evicts,
            (.add, .add) where !circumstances.evicts:
            guard execution.before == nil else { return overwritten(operation, execution) }
        default:
            break
        }
        return nil
    }

    /// Whether a server had given the value the version that a compare-and-swap expects: lies about either may make any go astray.
    private func wasShown(_ value: String?, before swap: Execution) -> Bool {
        guard doubt.concerns(swap.key) else { return true }
        return executions.contains {
            $0.key == swap.key && $0.sequence < swap.sequence && $0.isSuccess && $0.cas == swap.requestCAS
                && ($0.after ?? $0.before) == value
        }
    }

    private func overwritten(_ operation: Operation, _ execution: Execution) -> Violation {
        Violation(property: .swapOnItsVersion, message: "\(operation.name) overwrote another value: \(execution)")
    }
}
