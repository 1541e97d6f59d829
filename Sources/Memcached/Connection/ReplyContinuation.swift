/// What a caller waits on. An unsafe continuation costs no allocation; the queues resume each exactly once, since whoever takes a
/// context out of them leaves nil behind.
package struct ReplyContinuation: Sendable {
    private let continuation: UnsafeContinuation<Completion, Never>
    /// Whether a task of the shared thread pool may resume it, in the event loop's place. Not where its own task runs elsewhere, or is
    /// more urgent than what else may keep the pool busy.
    private let followsOthers: Bool

    /// - Parameter task: the one that waits.
    init(_ continuation: UnsafeContinuation<Completion, Never>, of task: UnsafeCurrentTask?) {
        self.continuation = continuation
        followsOthers = if let task { task.unownedTaskExecutor == nil && task.priority <= .medium } else { false }
    }

    package func resume(returning completion: consuming Completion) {
        continuation.resume(returning: completion)
    }
}

extension ReplyContinuation {
    /// One who waits, and what its reply is.
    package typealias Answer = (caller: ReplyContinuation, completion: Completion)

    /// From so many on, answers are handed to the thread pool in one piece. Each wakes a thread of it, which competes with the event
    /// loop for what the next ones need: one by one they cost more than all else.
    private static let together = 4

    /// Resumes all of them, and leaves none.
    static func resume(_ answers: inout [Answer]) {
        guard answers.count >= together else { return resumeHere(&answers) }
        var others: [Answer] = []
        if answers.allSatisfy(\.caller.followsOthers) {
            swap(&others, &answers)
            answers.reserveCapacity(others.count)
        } else {
            var hasty: [Answer] = []
            for answer in answers {
                if answer.caller.followsOthers { others.append(answer) } else { hasty.append(answer) }
            }
            answers.removeAll(keepingCapacity: true)
            resumeHere(&hasty)
        }
        guard !others.isEmpty else { return }
        let handedOver = Lock(others)
        others = []
        Task.detached {
            var answers = handedOver.withLock { answers in
                defer { answers = [] }
                return answers
            }
            resumeHere(&answers)
        }
    }

    private static func resumeHere(_ answers: inout [Answer]) {
        // In order, and each taken out: a copy would be one more reference that two threads count.
        answers.reverse()
        while let (caller, completion) = answers.popLast() { caller.resume(returning: completion) }
    }
}
