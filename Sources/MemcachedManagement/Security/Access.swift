#if Management
import Hummingbird

/// Who may do what.
struct Access: Sendable {
    var gate = PasswordGate()
    /// Whether nothing may be changed.
    var isReadOnly = false
    /// Whether cookies go over HTTPS only.
    var isEncrypted = false

    /// - Throws: `HTTPError` where nothing may be changed.
    func refuseIfReadOnly() throws {
        guard !isReadOnly else {
            throw HTTPError(.forbidden, message: "This screen was started with --read-only; nothing was done.")
        }
    }
}
#endif
