#if ServiceLifecycle
public import ServiceLifecycle

extension MemcachedClient: Service {}
#endif

extension MemcachedClient {
    /// Connects to the servers and keeps the connections up, until the task is cancelled, ``shutdown()`` is called, or the service
    /// group that runs it shuts down gracefully; then replies that are due may still come.
    ///
    /// Calls that are made before wait for it within their deadlines; calls that are made after it throw
    /// ``MemcachedError/Code/clientClosed``.
    ///
    /// - Throws: ``MemcachedError`` where it has been called already.
    public func run() async throws {
        #if ServiceLifecycle
        try await withGracefulShutdownHandler {
            try await cluster.run()
        } onGracefulShutdown: {
            Task { await shutdown() }
        }
        #else
        try await cluster.run()
        #endif
    }
}
