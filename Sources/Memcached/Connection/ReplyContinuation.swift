/// What a caller waits on. An unsafe continuation costs no allocation; the queues resume each exactly once, since whoever takes a
/// context out of them leaves nil behind.
package struct ReplyContinuation: Sendable {
    private let continuation: UnsafeContinuation<Completion, Never>
    /// Whether another task of the shared thread pool may resume it, in the event loop's place. Not where its own task goes on elsewhere,
    /// or is more urgent than what else may keep the pool busy.
    private let maySharePool: Bool

    /// - Parameters:
    ///   - task: the one that waits.
    ///   - actor: where it goes on; nil for its task executor, or the shared pool where it has none.
    init(_ continuation: UnsafeContinuation<Completion, Never>, of task: UnsafeCurrentTask?, on actor: (any Actor)?) {
        self.continuation = continuation
        guard let task, actor == nil else {
            maySharePool = false
            return
        }
        maySharePool = task.unownedTaskExecutor == nil && task.priority <= .medium
    }

    package func resume(returning completion: consuming Completion) {
        continuation.resume(returning: completion)
    }
}

extension ReplyContinuation {
    /// One who waits, and what its reply is.
    package typealias Answer = (caller: ReplyContinuation, completion: Completion)

    /// From so many on, answers are handed to the thread pool in one piece: each that is resumed wakes a thread, and what the threads
    /// then do hinders the event loop while it resumes the next one.
    private static let together = 4

    /// Resumes all of them, and leaves none.
    static func resume(_ answers: inout [Answer]) {
        let sharing = answers.count { $0.caller.maySharePool }
        guard sharing >= together else { return resumeHere(&answers) }
        if sharing < answers.count {
            var others = answers.filter { !$0.caller.maySharePool }
            answers.removeAll { !$0.caller.maySharePool }
            resumeHere(&others)
        }
        var handedOver: [Answer] = []
        swap(&handedOver, &answers)
        answers.reserveCapacity(min(sharing, Outbox<ReplyContinuation>.Batch.keptRequests))
        // In a lock so that the task can take them out: captured, they would be copied.
        let shared = Lock(handedOver)
        handedOver = []
        Task.detached {
            var answers = shared.withLock { answers in
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
