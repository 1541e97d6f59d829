import Memcached

extension DiagnosisFinding {
    /// Where servers that should be alike are not.
    static func disagreements(_ answers: [(server: ServerAddress, answers: ServerAnswers)]) -> [DiagnosisFinding] {
        [
            disagreement(
                "The servers take items of different sizes",
                answers.map { ($0.server, $0.answers.settings["item_size_max"].map { "\($0) bytes" }) },
                meaning: "Whether a large value fits depends on its key.",
                advice: "Start all with the same -I."
            ),
            disagreement(
                "Only some servers keep versions",
                answers.map { server, answers in
                    (server, answers.settings["cas_enabled"].map { $0 == "no" ? "none (-C)" : "versions" })
                },
                meaning: "Whether compare-and-swap works depends on the key.",
                advice: "Start all without -C."
            ),
            disagreement(
                "The servers are of different versions",
                answers.map { ($0.server, $0.answers.version) },
                meaning: "They may behave differently; while a fleet is being upgraded that is as it should be.",
                advice: "Bring all to the newest of them."
            ),
        ].compactMap(\.self)
    }

    private static func disagreement(
        _ title: String,
        _ values: [(server: ServerAddress, value: String?)],
        meaning: String,
        advice: String
    ) -> DiagnosisFinding? {
        let known = values.compactMap { server, value in value.map { (server, $0) } }
        guard Set(known.map(\.1)).count > 1 else { return nil }
        let list = known.map { "\($0): \($1)" }.joined(separator: ", ")
        return DiagnosisFinding(.agreement, .notice, title, meaning: "\(list). \(meaning)", advice: advice)
    }
}
