extension ServerAnswers {
    /// How near the server is to taking no more connections.
    var connectionFindings: [DiagnosisFinding] {
        [fewLeft, refused].compactMap(\.self)
    }

    private var fewLeft: DiagnosisFinding? {
        guard let used = number("curr_connections"), let descriptors = setting("maxconns") else { return nil }
        // It takes them for other things, too, and keeps one back to turn others away with.
        let limit = descriptors - 1 - (number("reserved_fds") ?? 0)
        guard limit > 0, used >= limit - limit / 10 else { return nil }
        return DiagnosisFinding(
            .connections,
            .warning,
            "\(used) of about \(limit) connections are in use",
            meaning: "When all are, whoever connects next is turned away.",
            advice:
                "Raise the limit with -c, or use fewer connections: this client needs one to each server and process."
        )
    }

    private var refused: DiagnosisFinding? {
        // Which of the two is counted depends on maxconns_fast.
        let (turnedAway, paused) = (number("rejected_connections") ?? 0, number("listen_disabled_num") ?? 0)
        guard turnedAway > 0 || paused > 0 else { return nil }
        return DiagnosisFinding(
            .connections,
            .notice,
            turnedAway > 0
                ? "It has turned away \(turnedAway) connections since it was started"
                : "It has stopped taking connections \(paused) times since it was started",
            meaning: "It was full then, and clients that connected failed or had to wait.",
            advice: "Watch curr_connections, and raise the limit with -c where it comes near it again."
        )
    }
}
