#if Management
import Dispatch
import Hummingbird
import Logging
import NIOConcurrencyHelpers

/// Keeps the lock, which may change at any time. It checks passwords one at a time: each check takes half a second of a processor and
/// 128 MiB, whoever asks.
final class PasswordGate: Sendable {
    private let current: NIOLockedValueBox<DoorLock>
    /// Not among the tasks' own threads, which a check would keep from all other work.
    private let queue = DispatchQueue(label: "memcached-manage.password")
    private let waiting = NIOLockedValueBox(0)

    /// As many may wait; more are sent away.
    private static let limit = 8

    /// - Parameter hash: nil where no password is set.
    init(_ hash: PasswordHash? = nil) {
        current = NIOLockedValueBox(hash.map { .password($0) } ?? .open)
    }

    var lock: DoorLock { current.withLockedValue { $0 } }

    /// Takes another password. None takes its place: nothing that is done to the file opens a gate that was shut.
    func follow(_ hash: PasswordHash) {
        current.withLockedValue { $0 = .password(hash) }
    }

    /// A wrong password is logged.
    ///
    /// - Throws: `HTTPError` where too many wait.
    func matches(_ password: String, _ hash: PasswordHash, _ logger: Logger) async throws -> Bool {
        let mayWait = waiting.withLockedValue { waiting in
            guard waiting < Self.limit else { return false }
            waiting += 1
            return true
        }
        guard mayWait else {
            throw HTTPError(.tooManyRequests, message: "Too many try to log in at once. Try again in some seconds.")
        }
        defer { waiting.withLockedValue { $0 -= 1 } }
        let isRight: Bool = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: hash.matches(password)) }
        }
        if !isRight { logger.warning("somebody has given a wrong password") }
        return isRight
    }
}
#endif
