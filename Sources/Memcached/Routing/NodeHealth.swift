import Synchronization

/// How often a server has failed in a row, and whether that is often enough to leave it out.
package final class NodeHealth: Sendable {
    private let failuresAllowed: Atomic<Int>
    // One order for both: whoever ejects the server and finds a trial due must be seen by that trial, or nobody would try again.
    private let failuresInARow = Atomic(0)
    /// The number of the trial that is due; 0 where none is.
    private let trialDue = Atomic(0)
    private let trials = Atomic(0)

    /// - Parameter limit: this many failures in a row eject the server; nil where nothing does.
    package init(limit: Int?) {
        failuresAllowed = Atomic(limit ?? .max)
    }

    private var limit: Int { failuresAllowed.load(ordering: .relaxed) }

    /// Takes another limit, and begins to count anew: a server that was left out by the old one isn't any more.
    package func follow(limit: Int?) {
        let limit = limit ?? .max
        guard limit != self.limit else { return }
        // Before, so that no failure counts by the new limit that came under the old one; after, what came in between.
        failuresInARow.store(0, ordering: .sequentiallyConsistent)
        failuresAllowed.store(limit, ordering: .sequentiallyConsistent)
        failuresInARow.store(0, ordering: .sequentiallyConsistent)
    }

    package var isEjected: Bool { failuresInARow.load(ordering: .sequentiallyConsistent) >= limit }

    /// Returns whether this failure is the one that ejects the server.
    package func failed() -> Bool {
        guard limit < .max else { return false }
        let failures = failuresInARow.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
        // Read afterwards: what is counted anew is counted by the new limit.
        return failures == limit
    }

    /// Returns whether the server was ejected until now.
    package func answered() -> Bool {
        // Most calls find nothing to change, and so share the count without writing to it.
        guard failuresInARow.load(ordering: .relaxed) != 0 else { return false }
        return failuresInARow.exchange(0, ordering: .sequentiallyConsistent) >= limit
    }

    /// The number of a new trial; nil where one is due already: a server that is ejected again while one is has no need of another.
    package func awaitTrial() -> Int? {
        let number = trials.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
        return trialDue.compareExchange(expected: 0, desired: number, ordering: .sequentiallyConsistent).exchanged
            ? number : nil
    }

    /// Returns whether that trial is still due.
    package func beginTrial(_ number: Int) -> Bool {
        trialDue.compareExchange(expected: number, desired: 0, ordering: .sequentiallyConsistent).exchanged
    }

    /// The trial that is due needn't be made.
    package func dropTrial() {
        trialDue.store(0, ordering: .sequentiallyConsistent)
    }
}
