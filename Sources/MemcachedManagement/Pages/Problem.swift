#if Management
/// The page that says what went wrong.
struct Problem: Sendable {
    let frame: PageFrame
    let message: String
}
#endif
