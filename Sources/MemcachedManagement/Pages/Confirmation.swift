#if Management
/// The page before something is destroyed.
struct Confirmation: Sendable {
    let frame: PageFrame
    let question: String
    /// Where the form goes.
    let action: String
    let button: String
    var hidden: [Field] = []
    /// What must be typed; nil where the button is enough.
    var word: String?
    /// Why what was typed isn't it.
    var wordProblem: String?
    let back: String

    struct Field: Sendable {
        let name: String
        let value: String
    }
}
#endif
