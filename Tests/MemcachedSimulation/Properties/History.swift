import MemcachedFraming
import NIOCore

/// A reply that isn't what the server has done, and that nothing gives away.
struct Lie {
    /// Of the command's execution.
    let sequence: Int
    let link: Int
    /// Whether replies behind it may be taken for a part of it.
    let spoilsStream: Bool
}

/// All that has happened, in one order: what the servers have executed, and how often what was met.
final class History {
    private(set) var lastSequence = 0
    private(set) var executions: [Execution] = []
    private(set) var lies: [Lie] = []
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
        trace.mix(UInt64(execution.status.rawValue), execution.cas, UInt64(execution.server), UInt64(execution.link))
        guard !execution.key.isEmpty, execution.opcode != .stat else { return }
        executions.append(execution)
    }

    /// The command that was executed last, on that link, is answered with a lie that a client may believe.
    func noteLie(link: Int, spoilsStream: Bool) {
        lies.append(Lie(sequence: lastSequence, link: link, spoilsStream: spoilsStream))
    }

    func count(_ what: String) {
        counts[what, default: 0] += 1
    }
}
