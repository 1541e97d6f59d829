/// A request that a server has failed. It counts as a retry of that server where it is sent again, and nowhere else.
package struct OwedRetry: Sendable {
    private var metrics: ServerMetrics?

    package init() {}

    /// A server has failed the request. Where another one has before, and nothing was sent since, the retry is still that one's.
    mutating func owe(_ server: ServerMetrics?) {
        if metrics == nil { metrics = server }
    }

    /// The request is about to be sent.
    mutating func count() {
        metrics?.retried()
        metrics = nil
    }
}
