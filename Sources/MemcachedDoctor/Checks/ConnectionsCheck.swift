extension ServerAnswers {
    /// How near the server is to taking no more connections.
    var connectionFindings: [DiagnosisFinding] {
        [fewLeft, refused].compactMap(\.self)
    }

    private var fewLeft: DiagnosisFinding? {
        guard let used = number("curr_connections"), let limit = setting("maxconns"), limit > 0,
            used >= limit - limit / 10
        else { return nil }
        return DiagnosisFinding(
            .connections,
            .warning,
            "\(used) of \(limit) connections are in use",
            meaning: "When all are, whoever connects next is turned away.",
            advice:
                "Raise the limit with -c, or use fewer connections: this client needs one to each server and process."
        )
    }

    private var refused: DiagnosisFinding? {
        // Which of the two counts depends on maxconns_fast.
        let count = max(number("rejected_connections") ?? 0, number("listen_disabled_num") ?? 0)
        guard count > 0 else { return nil }
        return DiagnosisFinding(
            .connections,
            .notice,
            "It has been full \(count) times since it was started",
            meaning: "Clients that connected then were turned away, or had to wait.",
            advice: "Watch curr_connections, and raise the limit with -c where it comes near it again."
        )
    }
}
