package import NIOCore

/// Callers that wait for one thing, each within its deadline.
///
/// It is pure state: whoever holds it keeps the time, and looks again when it is told to.
package struct Waiters<Context: Sendable>: Sendable {
    private var queue = DeadlineQueue<Context>()
    /// The earliest moment at which somebody looks at the deadlines.
    private var watched = NIODeadline.distantFuture

    package init() {}

    package var isEmpty: Bool { queue.isEmpty }

    package var count: Int { queue.count }

    /// Takes in a caller under an id of its own. Returns whether its deadline is earlier than any that is watched already, so that
    /// ``expire(now:)`` must be called then.
    package mutating func join(id: UInt64, context: Context, deadline: NIODeadline) -> Bool {
        queue.append(context, id: id, deadline: deadline)
        guard deadline < watched else { return false }
        watched = deadline
        return true
    }

    /// A caller gives up; nil where it isn't here any more.
    package mutating func leave(id: UInt64) -> Context? {
        queue.remove(id: id)
    }

    /// Takes out everybody whose deadline has passed, in order, and tells when to look again; nil where that is seen to already.
    package mutating func expire(now: NIODeadline) -> (contexts: [Context], next: NIODeadline?) {
        guard watched <= now else { return ([], nil) }
        let contexts = queue.expire(now: now)
        watched = queue.earliestDeadline
        return (contexts, watched == .distantFuture ? nil : watched)
    }

    /// Takes out everybody, in order.
    package mutating func leaveAll() -> [Context] {
        watched = .distantFuture
        return queue.removeAll()
    }
}
