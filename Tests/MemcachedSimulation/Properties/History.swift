import MemcachedFraming
import NIOCore

/// All that has happened, in one order: what the servers have executed, and how often what was met.
final class History {
    private var lastSequence = 0
    private(set) var executions: [Execution] = []
    private(set) var counts: [String: Int] = [:]
    let trace: Trace

    init(trace: Trace) {
        self.trace = trace
    }

    func tick() -> Int {
        lastSequence += 1
        return lastSequence
    }

    func note(_ execution: Execution, at time: NIODeadline) {
        trace.note(
            "execute",
            at: time,
            execution.sequence,
            Int(execution.opcode.rawValue),
            "server \(execution.server).\(execution.incarnation) \(execution.opcode) '\(execution.key)' of \(execution.operation ?? 0)"
                + " cas \(execution.requestCAS): \(execution.status) cas \(execution.cas)"
                + " \(execution.before ?? "-") -> \(execution.after ?? "-")"
        )
        guard !execution.key.isEmpty, execution.opcode != .stat else { return }
        executions.append(execution)
    }

    func count(_ what: String) {
        counts[what, default: 0] += 1
    }
}
