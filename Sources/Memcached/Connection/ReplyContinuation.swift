import DequeModule

/// What a caller waits on. An unsafe continuation costs no allocation; the queues resume each exactly once, since whoever takes a
/// context out of them leaves nil behind.
package struct ReplyContinuation: Sendable {
    private let continuation: UnsafeContinuation<Completion, Never>
    /// Whether another task of the shared thread pool may resume it, in the event loop's place. Not where its own task goes on elsewhere,
    /// or is more urgent than what else may keep the pool busy.
    private let maySharePool: Bool

    init(_ continuation: UnsafeContinuation<Completion, Never>, maySharePool: Bool) {
        self.continuation = continuation
        self.maySharePool = maySharePool
    }

    /// Whether that task, which is about to wait on no actor, goes on in the shared thread pool, and is no more urgent than others there.
    static func maySharePool(_ task: UnsafeCurrentTask?) -> Bool {
        guard let task else { return false }
        return task.unownedTaskExecutor == nil && task.priority <= .medium
    }

    package func resume(returning completion: consuming Completion) {
        continuation.resume(returning: completion)
    }
}

extension ReplyContinuation {
    /// From so many on, answers are handed to the thread pool in one piece: each that is resumed wakes a thread, and what the threads
    /// then do hinders the event loop while it resumes the next one.
    private static let together = 4

    /// Resumes all of them, and leaves none.
    static func resume(_ answers: inout UniqueDeque<Answer<Self>>) {
        let sharing = answers.indices.count { answers[$0].caller.maySharePool }
        defer {
            if answers.capacity > Outbox<Self>.Batch.keptRequests { answers = UniqueDeque() }
        }
        guard sharing >= together else { return resumeHere(&answers) }
        var handedOver = UniqueDeque<Answer<Self>>(minimumCapacity: sharing)
        for _ in answers.indices {
            let answer = answers.removeFirst()
            if answer.caller.maySharePool { handedOver.append(answer) } else { answer.resume() }
        }
        // In a lock so that the task can take them out: captured, they would be copied.
        let shared = Lock(handedOver)
        Task.detached { shared.withLock { resumeHere(&$0) } }
    }

    private static func resumeHere(_ answers: inout UniqueDeque<Answer<Self>>) {
        while let answer = answers.popFirst() { answer.resume() }
    }
}

extension Answer<ReplyContinuation> {
    /// Taken out of here, since passed on as it is the reply would be copied.
    consuming func resume() {
        if let completion = completion.take() { caller.resume(returning: completion) }
    }
}
