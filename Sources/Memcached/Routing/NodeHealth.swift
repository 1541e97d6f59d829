import Synchronization

/// How often a server has failed in a row, and whether that is often enough to leave it out.
package final class NodeHealth: Sendable {
    private let failuresAllowed: Atomic<Int>
    // One order for both: whoever ejects the server and finds a trial due must be seen by that trial, or nobody would try again.
    private let failuresInARow = Atomic(0)
    private let isTrialDue = Atomic(false)

    /// - Parameter limit: this many failures in a row eject the server; nil where nothing does.
    package init(limit: Int?) {
        failuresAllowed = Atomic(limit ?? .max)
    }

    private var limit: Int { failuresAllowed.load(ordering: .relaxed) }

    /// Takes another limit, and begins to count anew: a server that was left out by the old one isn't any more.
    package func follow(limit: Int?) {
        let limit = limit ?? .max
        guard failuresAllowed.exchange(limit, ordering: .sequentiallyConsistent) != limit else { return }
        failuresInARow.store(0, ordering: .sequentiallyConsistent)
    }

    package var isEjected: Bool { failuresInARow.load(ordering: .sequentiallyConsistent) >= limit }

    /// Returns whether this failure is the one that ejects the server.
    package func failed() -> Bool {
        guard limit < .max else { return false }
        return failuresInARow.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue == limit
    }

    /// Returns whether the server was ejected until now.
    package func answered() -> Bool {
        // Most calls find nothing to change, and so share the count without writing to it.
        guard failuresInARow.load(ordering: .relaxed) != 0 else { return false }
        return failuresInARow.exchange(0, ordering: .sequentiallyConsistent) >= limit
    }

    /// Returns whether the trial is the only one that is due: a server that is ejected again while one is has no need of another.
    package func awaitTrial() -> Bool {
        !isTrialDue.exchange(true, ordering: .sequentiallyConsistent)
    }

    package func beginTrial() {
        isTrialDue.store(false, ordering: .sequentiallyConsistent)
    }
}
