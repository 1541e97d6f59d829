/// How much of a connection's bounds is in use.
package struct ConnectionUsage: Sendable, Equatable {
    /// Requests that are queued or whose replies are due, those that their callers have given up included.
    package let requests: Int
    /// Their frames, in bytes, whether this process, the kernel or the server has them.
    package let bytes: Int
    /// Callers that wait for room.
    package let waiting: Int
    /// The most requests that were ever in use at a time.
    package let mostRequests: Int
    /// The most bytes that were ever in use at a time.
    package let mostBytes: Int
}
