import Memcached
import MemcachedFraming

/// Removals carry nothing that tells whose they are: each execution must belong to an operation of its own that was under way, and
/// each acknowledged removal must have its execution.
struct RemovalJudge {
    let operations: [Operation]
    let executions: [Execution]

    private struct Candidate {
        let operation: Operation
        /// Nil where it isn't known.
        let status: Status?
        let last: Int
        let cas: UInt64
    }

    func verdict() -> Violation? {
        var open = operations.filter { $0.kind == .delete || $0.kind == .removeEntry }.compactMap(Self.candidate)
        for execution in executions where execution.opcode == .delete {
            let all = open.indices.filter { index in
                let candidate = open[index]
                return candidate.operation.key == execution.key && candidate.cas == execution.requestCAS
                    && candidate.operation.startedAt < execution.sequence && execution.sequence < candidate.last
                    && (candidate.status == nil || candidate.status == execution.status)
            }
            // The same CAS may stand for one value before a restart, and for another one after it.
            let expecting = all.filter { open[$0].operation.entry?.value == execution.before }
            let fitting = execution.isSuccess && !expecting.isEmpty ? expecting : all
            // Of those that it may belong to, the one that must have its execution soonest.
            guard let best = fitting.min(by: { open[$0].last < open[$1].last }) else {
                return Violation(property: .nothingTwice, message: "nobody asked for this removal: \(execution)")
            }
            if execution.isSuccess, let entry = open[best].operation.entry, entry.value != execution.before {
                return Violation(
                    property: .swapOnItsVersion,
                    message: "\(open[best].operation.name) removed another value: \(execution)"
                )
            }
            open.remove(at: best)
        }
        guard let missing = open.first(where: { $0.status != nil }) else { return nil }
        return Violation(property: .outcomeIsTrue, message: "\(missing.operation.name) was never executed")
    }

    private static func candidate(_ operation: Operation) -> Candidate? {
        let cas = operation.entry?.version.cas ?? 0
        func acknowledged(_ status: Status) -> Candidate {
            Candidate(operation: operation, status: status, last: operation.endedAt ?? .max, cas: cas)
        }
        return switch operation.outcome {
        case .removed(let was): acknowledged(was ? .success : .keyNotFound)
        case .conflict: acknowledged(.keyExists)
        case .failed(.outcomeUnknown), nil: Candidate(operation: operation, status: nil, last: .max, cas: cas)
        default: nil
        }
    }
}
