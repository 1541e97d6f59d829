/// Runs tasks one step at a time, and lets chance decide whose step is next.
final class SeededExecutor: TaskExecutor, @unchecked Sendable {
    private var jobs: [UnownedJob] = []
    private let random: Randomness
    /// A task was resumed while it was about to run: one continuation twice.
    private(set) var hasResumedTwice = false

    init(random: Randomness) {
        self.random = random
    }

    var count: Int { jobs.count }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let identity = Self.identity(job)
        if jobs.contains(where: { Self.identity($0) == identity }) {
            hasResumedTwice = true
        } else {
            jobs.append(job)
        }
    }

    func runOne() {
        guard !jobs.isEmpty else { return }
        let index = random.int(in: 0...jobs.count - 1)
        let job = jobs.remove(at: index)
        job.runSynchronously(on: asUnownedTaskExecutor())
    }

    /// A job is a reference to its task, which waits for one thing at a time.
    private static func identity(_ job: UnownedJob) -> UInt {
        unsafeBitCast(job, to: UInt.self)
    }
}
