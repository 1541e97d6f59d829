import Memcached

/// What may make a call fail without anything being wrong.
struct Excuse: Sendable {
    /// Whether servers are disturbed.
    let chaos: Bool
    let patience: Patience

    func covers(_ error: any Error) -> Bool {
        guard var root = error as? MemcachedError else { return false }
        while let cause = root.cause as? MemcachedError { root = cause }
        return switch root.code {
        case .timedOut, .tooManyConflicts: chaos || !patience.isPatient
        // No server cancels a task, whatever is done to it.
        case .cancelled: patience.isCancelled
        case .connectionFailed, .connectionLost, .versionUnusable: chaos
        // A crowded server says so in text. Nothing else excuses bytes that are out of step.
        case .protocolViolation: chaos && root.message.contains("no connection free")
        default: false
        }
    }
}
