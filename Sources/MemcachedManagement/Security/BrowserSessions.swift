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
    let isAuthenticated: Bool
    /// What it was begun under. It ends with it.
    let lock: DoorLock
    fileprivate(set) var lastUse: ContinuousClock.Instant
}

/// The browsers that use the screen. They are forgotten when the process ends.
final class BrowserSessions: Sendable {
    private let sessions = NIOLockedValueBox<[String: BrowserSession]>([:])
    private let gate: PasswordGate
    private let idleTime: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Of these, the one that has been idle for longest makes room; one that is not logged in before the others.
    static let maximum = 1_000

    /// - Parameter idleTime: how long after its last request a session ends.
    init(
        gate: PasswordGate,
        idleTime: Duration = .seconds(12 * 3_600),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.gate = gate
        self.idleTime = idleTime
        self.now = now
    }

    /// A new session.
    ///
    /// - Parameter lock: what its browser has passed, or stands before.
    func begin(isAuthenticated: Bool, under lock: DoorLock) -> BrowserSession {
        let session = BrowserSession(
            identifier: Self.random(),
            formToken: Self.random(),
            isAuthenticated: isAuthenticated,
            lock: lock,
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
        let (now, lock) = (now(), gate.lock)
        return sessions.withLockedValue { sessions in
            guard var session = sessions[identifier] else { return nil }
            guard isAlive(session, now, lock) else {
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
        let (now, lock) = (now(), gate.lock)
        return sessions.withLockedValue { $0[identifier].map { isAlive($0, now, lock) } ?? false }
    }

    private func isAlive(_ session: BrowserSession, _ now: ContinuousClock.Instant, _ lock: DoorLock) -> Bool {
        now - session.lastUse < idleTime && session.lock == lock
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
