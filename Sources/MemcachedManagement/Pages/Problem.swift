#if Management
/// The page that says what went wrong.
struct Problem: Sendable {
    let frame: PageFrame
    let message: String
    /// What somebody has written, and would be lost with the page.
    var kept: String?
}
#endif
