import Memcached
import MemcachedFraming

/// Holds what callers were told against what servers did.
struct Judge {
    let operations: [Operation]
    let executions: [Execution]
    let circumstances: Circumstances
    /// What is excused, since a server has lied about it.
    let doubt: Doubt
    private let byOperation: [Int: [Execution]]

    init(operations: [Operation], executions: [Execution], circumstances: Circumstances, lies: [Lie] = []) {
        self.operations = operations
        self.executions = executions
        self.circumstances = circumstances
        doubt = Doubt(executions: executions, lies: lies)
        byOperation = Dictionary(grouping: executions.filter { $0.operation != nil }) { $0.operation ?? 0 }
    }

    /// The first property that doesn't hold.
    func verdict() -> Violation? {
        for operation in operations {
            if let violation = check(operation) { return violation }
        }
        if let violation = checkServers() { return violation }
        for execution in executions {
            if let violation = check(execution) { return violation }
        }
        return RemovalJudge(
            operations: operations.filter { !doubt.concerns($0.key) },
            executions: executions.filter { !doubt.concerns($0.key) }
        ).verdict()
    }

    /// All that servers executed for an operation.
    func executions(of operation: Operation) -> [Execution] {
        (byOperation[operation.id] ?? []).filter { $0.key == operation.key }
    }

    private func check(_ operation: Operation) -> Violation? {
        guard let outcome = operation.outcome else { return nil }
        if case .strange(let text) = outcome {
            return Violation(property: .errorsAreKnown, message: "\(operation.name): \(text)")
        }
        if case .failed(.serverRemoved) = outcome {
            return Violation(property: .changesGoUnnoticed, message: operation.name)
        }
        if case .failed(.protocolViolation) = outcome, !circumstances.isHostile {
            return Violation(property: .honestServersAreTrusted, message: operation.name)
        }
        if case .failed(let code) = outcome {
            if let violation = check(operation, failedWith: code) { return violation }
            if let violation = checkCause(operation, code) { return violation }
        }
        if let violation = checkRepetition(operation) { return violation }
        return doubt.concerns(operation) ? nil : checkOutcome(operation, outcome)
    }

    private func check(_ operation: Operation, failedWith code: MemcachedError.Code) -> Violation? {
        let all = executions(of: operation)
        let changing = all.filter(\.isSuccess)
        // An update's and a read-through's stores may have met another writer's before.
        let isLoop = operation.kind == .update || operation.kind == .readThrough
        guard Self.notDone.contains(code) else {
            // The server has refused, or it isn't known.
            guard code != .outcomeUnknown, !doubt.concerns(operation), !changing.isEmpty else { return nil }
            return Violation(
                property: .notDoneIsNeverDone,
                message: "\(operation.name) failed with \(code), and was executed: \(all)"
            )
        }
        guard isLoop ? !changing.isEmpty : !all.isEmpty else { return nil }
        return Violation(
            property: .notDoneIsNeverDone,
            message: "\(operation.name) failed with \(code), and was executed: \(all)"
        )
    }

    /// While the list of servers stays the same, each key has one.
    private func checkServers() -> Violation? {
        guard !circumstances.movesKeys else { return nil }
        var servers: [String: Int] = [:]
        for execution in executions where execution.link != 0 {
            let own = servers[execution.key] ?? execution.server
            servers[execution.key] = own
            guard own == execution.server else {
                return Violation(property: .oneServerPerKey, message: "first to server \(own): \(execution)")
            }
        }
        return nil
    }

    private func checkRepetition(_ operation: Operation) -> Violation? {
        let all = executions(of: operation)
        let stores = operation.kind == .update ? all.filter(\.isSuccess) : all
        guard stores.count > 1, !operation.appliesAgain else { return nil }
        return Violation(
            property: .nothingTwice,
            message: "\(operation.name) was executed \(stores.count) times: \(stores)"
        )
    }

    /// What the documentation says nothing was done of.
    private static let notDone: [MemcachedError.Code] = [
        .timedOut, .cancelled, .connectionLost, .connectionFailed, .overloaded, .versionUnusable, .clientClosed,
        .protocolViolation, .tooManyConflicts, .invalidArgument,
    ]
}

extension Operation {
    var name: String { "operation \(id) (\(kind) '\(key)': \(outcome.map { "\($0)" } ?? "without end"))" }
}

extension Execution: CustomStringConvertible {
    var description: String {
        "#\(sequence) \(opcode) '\(key)' on \(server).\(incarnation): \(status), cas \(cas), \(before ?? "-") -> \(after ?? "-")"
    }
}
