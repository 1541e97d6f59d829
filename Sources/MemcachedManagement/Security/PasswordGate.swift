#if Management
import Hummingbird

/// Checks passwords one at a time: each check takes half a second of a processor and 128 MiB, whoever asks.
actor PasswordGate {
    private let hash: PasswordHash
    private var waiting = 0

    /// As many may wait; more are sent away.
    private static let limit = 8

    init(_ hash: PasswordHash) {
        self.hash = hash
    }

    nonisolated func matches(_ password: String) async throws -> Bool {
        guard await enter() else {
            throw HTTPError(.tooManyRequests, message: "Too many try to log in at once. Try again in some seconds.")
        }
        let matches = await check(password)
        await leave()
        return matches
    }

    private func enter() -> Bool {
        guard waiting < Self.limit else { return false }
        waiting += 1
        return true
    }

    private func check(_ password: String) -> Bool { hash.matches(password) }

    private func leave() { waiting -= 1 }
}
#endif
