/// Why settings can't be taken, or a file of them can't be read or written, in words for whoever has written them.
package struct SettingsError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// What was given is wrong, or can't be read.
        case refused
        /// This program was built without what it takes.
        case unavailable
        /// The file is not the one that was read: somebody else has changed it since.
        case changedMeanwhile
        /// The file can't be written. It is as it was.
        case unwritable
    }

    package let kind: Kind
    /// What happened.
    package let text: String
    /// What to do next, where the text doesn't say so.
    package let advice: String?

    package init(_ text: String, advice: String? = nil) {
        self.init(.refused, text, advice: advice)
    }

    /// All that is wrong, each on a line of its own, and then what to do, each once.
    package init(all errors: [SettingsError]) {
        var seen: Set<String> = []
        let advice = errors.compactMap(\.advice).filter { seen.insert($0).inserted }
        self.init(
            errors.map(\.text).joined(separator: "\n"),
            advice: advice.isEmpty ? nil : advice.joined(separator: "\n")
        )
    }

    /// Both, as sentences.
    package var words: String { advice.map { "\(text). \($0)" } ?? text }

    package init(_ kind: Kind, _ text: String, advice: String? = nil) {
        self.kind = kind
        self.text = text
        self.advice = advice
    }
}
