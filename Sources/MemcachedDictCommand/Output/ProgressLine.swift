/// What tells on a terminal how far work has come: one line, redrawn in place, and gone in the end.
struct ProgressLine {
    private var drawn = ""

    /// To the line's beginning, and nothing behind.
    private static let clearing = "\r\u{1B}[K"

    /// What to write so that the text stands there; nothing where it does already.
    mutating func drawing(_ text: String) -> String {
        guard text != drawn else { return "" }
        drawn = text
        return Self.clearing + text
    }

    /// What to write so that the line is gone; nothing where there is none.
    mutating func ending() -> String {
        defer { drawn = "" }
        return drawn.isEmpty ? "" : Self.clearing
    }
}
