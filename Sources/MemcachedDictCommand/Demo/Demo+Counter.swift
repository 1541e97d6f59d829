import Memcached
import MemcachedTooling

extension Demo {
    /// More than a number, so that the server's own increment couldn't do it.
    struct Scores: Codable, Equatable, Sendable {
        var total = 0
        var byTask = [Int](repeating: 0, count: taskCount)

        static let taskCount = 8
    }

    mutating func countTogether() async throws {
        let (taskCount, updatesPerTask) = (Scores.taskCount, 125)
        let updates = taskCount * updatesPerTask
        try narrator.chapter("\(taskCount) tasks update one struct, \(updates.grouped) times in all")
        itemKey("scores", "today")
        let scores = dictionary("scores", .json()) as MemcachedDict<Scores>
        try await scores.store(Scores(), forKey: "today")

        try narrator.code("try await scores.update(forKey: \"today\") { $0.total += 1; $0.byTask[task] += 1 }")
        let start = ContinuousClock.now
        let runs = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<taskCount {
                group.addTask {
                    var runs = 0
                    for _ in 0..<updatesPerTask {
                        try await scores.update(forKey: "today") { scores in
                            runs += 1
                            scores.total += 1
                            scores.byTask[task] += 1
                        }
                    }
                    return runs
                }
            }
            return try await group.reduce(0, +)
        }
        let elapsed = ContinuousClock.now - start

        guard let result = try await scores["today"] else { throw vanished("today") }
        try narrator.tell(
            "Each update reads, changes and compares-and-swaps; where another task was in between, it does so again."
        )
        try narrator.tell(
            "It took \(elapsed.rounded), and \((runs - updates).grouped) conflicts were met and resolved."
        )
        try narrator.tell("The server counts \(result.total.grouped), by task \(result.byTask): no update is lost.")
        try narrator.check("the total", result.total, is: updates)
        try narrator.check("the counts by task", result.byTask, is: [Int](repeating: updatesPerTask, count: taskCount))
    }
}
