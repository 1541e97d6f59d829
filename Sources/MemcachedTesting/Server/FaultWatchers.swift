/// Tests that wait until a fault has happened.
struct FaultWatchers: Sendable {
    typealias Continuation = CheckedContinuation<Void, any Error>

    private struct Watcher: Sendable {
        let id: Int
        let fault: FaultScript.ID
        let count: Int
        let continuation: Continuation
    }

    private var watchers: [Watcher] = []
    private var lastID = 0

    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    mutating func join(id: Int, fault: FaultScript.ID, count: Int, _ continuation: Continuation) {
        watchers.append(Watcher(id: id, fault: fault, count: count, continuation: continuation))
    }

    mutating func leave(id: Int) -> Continuation? {
        watchers.firstIndex { $0.id == id }.map { watchers.remove(at: $0).continuation }
    }

    /// Those whose fault has happened often enough.
    mutating func leaveSatisfied(by script: FaultScript) -> [Continuation] {
        guard !watchers.isEmpty else { return [] }
        let satisfied = watchers.filter { script.count(of: $0.fault) >= $0.count }
        watchers.removeAll { script.count(of: $0.fault) >= $0.count }
        return satisfied.map(\.continuation)
    }
}
