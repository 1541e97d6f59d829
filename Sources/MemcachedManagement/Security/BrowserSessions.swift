#if Management
import Crypto
import NIOConcurrencyHelpers

/// One browser, from its first request on.
struct BrowserSession: Sendable, Equatable {
    /// The cookie's value, which nobody can guess.
    let identifier: String
    /// What a form of this session's pages sends back, and a page of another site doesn't know.
    let formToken: String
    /// Whether the password has been given.
    var isAuthenticated: Bool
    fileprivate(set) var lastUse: ContinuousClock.Instant
}

/// The browsers that use the screen. They are forgotten when the process ends.
final class BrowserSessions: Sendable {
    private let sessions = NIOLockedValueBox<[String: BrowserSession]>([:])
    private let idleTime: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Of these, the one that has been idle for longest makes room; one that is not logged in before the others.
    static let maximum = 1_000

    /// - Parameter idleTime: how long after its last request a session ends.
    init(
        idleTime: Duration = .seconds(12 * 3_600),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.idleTime = idleTime
        self.now = now
    }

    /// A new session.
    func begin(isAuthenticated: Bool) -> BrowserSession {
        let session = BrowserSession(
            identifier: Self.random(),
            formToken: Self.random(),
            isAuthenticated: isAuthenticated,
            lastUse: now()
        )
        sessions.withLockedValue { sessions in
            if sessions.count >= Self.maximum,
                let oldest = sessions.values.min(by: {
                    ($0.isAuthenticated ? 1 : 0, $0.lastUse) < ($1.isAuthenticated ? 1 : 0, $1.lastUse)
                })
            {
                sessions[oldest.identifier] = nil
            }
            sessions[session.identifier] = session
        }
        return session
    }

    /// The session of that cookie, which counts as used; nil where there is none any more.
    func session(_ identifier: String) -> BrowserSession? {
        let now = now()
        return sessions.withLockedValue { sessions in
            guard var session = sessions[identifier] else { return nil }
            guard now - session.lastUse < idleTime else {
                sessions[identifier] = nil
                return nil
            }
            session.lastUse = now
            sessions[identifier] = session
            return session
        }
    }

    /// Whether there still is that session; it doesn't count as used.
    func isOpen(_ identifier: String) -> Bool {
        let now = now()
        return sessions.withLockedValue { $0[identifier].map { now - $0.lastUse < idleTime } ?? false }
    }

    func end(_ identifier: String) {
        sessions.withLockedValue { $0[identifier] = nil }
    }

    /// 256 bits in hexadecimal.
    private static func random() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { bytes in
            bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        }
    }
}
#endif
