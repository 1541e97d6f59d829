#if Management
/// Who may do what.
struct Access: Sendable {
    var gate = PasswordGate()
    /// Whether nothing may be changed.
    var isReadOnly = false
    /// Whether cookies go over HTTPS only.
    var isEncrypted = false
}
#endif
