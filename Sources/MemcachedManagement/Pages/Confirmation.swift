#if Management
/// The page before something is destroyed.
struct Confirmation: Sendable {
    let frame: PageFrame
    let question: String
    /// What goes, where the question doesn't say.
    var losses: [String] = []
    /// Where the form goes.
    let action: String
    let button: String
    var hidden: [Field] = []
    /// What must be typed; nil where the button is enough.
    var word: String?
    /// Why what was typed isn't it.
    var wordProblem: String?
    /// Where a refusal leads; nil where the form itself is to be told, which has more to show.
    var back: String?

    struct Field: Sendable {
        let name: String
        let value: String
    }
}
#endif
