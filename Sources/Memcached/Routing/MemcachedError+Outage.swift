extension MemcachedError {
    /// Of a connection that isn't there: whether it is the server's failure, and not the caller's or the
    /// configuration's. Only an outage counts towards ejection, and only after one may another server be asked.
    var isOutage: Bool {
        switch code {
        case .cancelled, .timedOut, .clientClosed, .authenticationRequired, .authenticationFailed: false
        default: true
        }
    }
}
