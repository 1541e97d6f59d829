#if Management
/// What stands between a browser and the pages.
enum DoorLock: Sendable, Equatable {
    /// Nothing: whoever reaches the screen may use it.
    case open
    case password(PasswordHash)
}
#endif
