#if Management
/// Who may do what.
struct Access: Sendable {
    /// Nil where everybody who reaches the screen may use it.
    var passwordHash: PasswordHash?
    /// Whether nothing may be changed.
    var isReadOnly = false
    /// Whether cookies go over HTTPS only.
    var isEncrypted = false
}
#endif
