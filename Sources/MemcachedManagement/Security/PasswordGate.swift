#if Management
import Dispatch
import Hummingbird
import NIOConcurrencyHelpers

/// Checks passwords one at a time: each check takes half a second of a processor and 128 MiB, whoever asks.
final class PasswordGate: Sendable {
    private let hash: PasswordHash
    /// Not among the tasks' own threads, which a check would keep from all other work.
    private let queue = DispatchQueue(label: "memcached-manage.password")
    private let waiting = NIOLockedValueBox(0)

    /// As many may wait; more are sent away.
    private static let limit = 8

    init(_ hash: PasswordHash) {
        self.hash = hash
    }

    /// - Throws: `HTTPError` where too many wait.
    func matches(_ password: String) async throws -> Bool {
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
            queue.async { continuation.resume(returning: self.hash.matches(password)) }
        }
    }
}
#endif
