import NIOCore

/// Runs tasks on a connection's event loop, so that a reply reaches its caller without a change of threads.
///
/// ```swift
/// let executor = try client.taskExecutor(for: "ada")
/// let item = try await withTaskExecutorPreference(executor) { try await client.get("ada") }
/// ```
///
/// What runs on it keeps the connection from reading and writing for as long as it takes: it is for short work that waits for replies
/// most of the time. A task that blocks its thread blocks every caller of the connections on that event loop.
public final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Runs the job on the event loop, behind what waits there already.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        eventLoop.execute { job.runSynchronously(on: executor) }
    }
}

extension MemcachedClient {
    /// An executor on the event loop of the connection that a key's requests take. Needs no network.
    ///
    /// - Throws: ``MemcachedError/Code/invalidKey``.
    public func taskExecutor(for key: String) throws(MemcachedError) -> EventLoopTaskExecutor {
        EventLoopTaskExecutor(cluster.topology.place(of: try Self.itemKey(key)).slot.eventLoop)
    }
}
