package import NIOCore

/// Callers that wait for one thing, each within its deadline. Joining and leaving cost the same however many wait.
///
/// It is pure state: whoever holds it keeps the time, and looks again when it is told to.
package struct Waiters<Context: Sendable>: Sendable {
    private var entries: [UInt64: (context: Context, deadline: NIODeadline)] = [:]
    /// The earliest moment at which somebody looks at the deadlines.
    private var watched = NIODeadline.distantFuture

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    package var count: Int { entries.count }

    /// Takes in a caller under an id of its own. Returns whether its deadline is earlier than any that is watched already, so that
    /// ``expire(now:)`` must be called then.
    package mutating func join(id: UInt64, context: Context, deadline: NIODeadline) -> Bool {
        entries[id] = (context, deadline)
        guard deadline < watched else { return false }
        watched = deadline
        return true
    }

    /// A caller gives up; nil where it isn't here any more.
    package mutating func leave(id: UInt64) -> Context? {
        entries.removeValue(forKey: id)?.context
    }

    /// Takes out everybody whose deadline has passed, and tells when to look again; nil where that is seen to already.
    package mutating func expire(now: NIODeadline) -> (contexts: [Context], next: NIODeadline?) {
        guard watched <= now else { return ([], nil) }
        var over: [UInt64] = []
        var next = NIODeadline.distantFuture
        for (id, entry) in entries {
            if entry.deadline <= now { over.append(id) } else { next = min(next, entry.deadline) }
        }
        watched = next
        // A dictionary has no order of its own, and ids grow.
        let contexts = over.sorted().compactMap { leave(id: $0) }
        return (contexts, next == .distantFuture ? nil : next)
    }

    /// Takes out everybody, in order.
    package mutating func leaveAll() -> [Context] {
        let all = entries.sorted { $0.key < $1.key }.map(\.value.context)
        entries = [:]
        watched = .distantFuture
        return all
    }
}
