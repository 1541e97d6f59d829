import NIOConcurrencyHelpers
import NIOEmbedded

/// Runs tasks only when told to, on the thread of the test. With an embedded event loop, all that happens is one sequence that is
/// the same on each run, and needs no waiting.
final class StepExecutor: TaskExecutor {
    private let jobs = NIOLockedValueBox<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLockedValue { $0.append(job) }
    }

    /// Runs until neither a task nor the loop has anything to do at the loop's present time.
    func settle(_ loop: EmbeddedEventLoop) {
        loop.run()
        while true {
            let ready = jobs.withLockedValue { jobs in
                defer { jobs = [] }
                return jobs
            }
            if ready.isEmpty { return }
            for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
            loop.run()
        }
    }
}

/// A call that runs on a ``StepExecutor``, and what came of it.
final class Call<Value: Sendable>: Sendable {
    private let values = NIOLockedValueBox<[Value]>([])
    private let task: NIOLockedValueBox<Task<Void, Never>?> = NIOLockedValueBox(nil)

    init(on executor: StepExecutor, _ body: @escaping @Sendable () async -> Value) {
        let running = Task(executorPreference: executor) {
            let value = await body()
            self.values.withLockedValue { $0.append(value) }
        }
        task.withLockedValue { $0 = running }
    }

    /// Nil while it runs.
    var value: Value? { values.withLockedValue(\.first) }

    func cancel() { task.withLockedValue { $0 }?.cancel() }
}
