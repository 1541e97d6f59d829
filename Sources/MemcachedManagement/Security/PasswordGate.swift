#if Management
import Dispatch
import Hummingbird
import NIOConcurrencyHelpers

/// Keeps the lock, which may change at any time. It checks passwords one at a time: each check takes half a second of a processor and
/// 128 MiB, whoever asks.
final class PasswordGate: Sendable {
    private let current: NIOLockedValueBox<DoorLock>
    private let isNeeded: Bool
    /// Not among the tasks' own threads, which a check would keep from all other work.
    private let queue = DispatchQueue(label: "memcached-manage.password")
    private let waiting = NIOLockedValueBox(0)

    /// As many may wait; more are sent away.
    private static let limit = 8

    /// - Parameters:
    ///   - hash: nil where no password is set.
    ///   - isNeeded: whether nobody may get in without one.
    init(_ hash: PasswordHash? = nil, isNeeded: Bool = false) {
        self.isNeeded = isNeeded
        current = NIOLockedValueBox(Self.lock(hash, isNeeded))
    }

    private static func lock(_ hash: PasswordHash?, _ isNeeded: Bool) -> DoorLock {
        hash.map { .password($0) } ?? (isNeeded ? .shut : .open)
    }

    var lock: DoorLock { current.withLockedValue { $0 } }

    /// Takes another password, or that there is none any more.
    func follow(_ hash: PasswordHash?) {
        current.withLockedValue { $0 = Self.lock(hash, isNeeded) }
    }

    /// - Throws: `HTTPError` where too many wait.
    func matches(_ password: String, _ hash: PasswordHash) async throws -> Bool {
        let mayWait = waiting.withLockedValue { waiting in
            guard waiting < Self.limit else { return false }
            waiting += 1
            return true
        }
        guard mayWait else {
            throw HTTPError(.tooManyRequests, message: "Too many try to log in at once. Try again in some seconds.")
        }
        defer { waiting.withLockedValue { $0 -= 1 } }
        return await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: hash.matches(password)) }
        }
    }
}
#endif
