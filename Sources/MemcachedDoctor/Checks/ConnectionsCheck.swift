extension ServerAnswers {
    /// How near the server is to taking no more connections.
    var connectionFindings: [DiagnosisFinding] {
        [fewLeft, refused].compactMap(\.self)
    }

    private var fewLeft: DiagnosisFinding? {
        guard let used = number("curr_connections"), let descriptors = setting("maxconns") else { return nil }
        // It keeps one back to turn others away with.
        let limit = descriptors - 1 - descriptorsOfItsOwn
        guard limit > 0, used >= limit - max(limit / 10, 1) else { return nil }
        return DiagnosisFinding(
            .connections,
            .warning,
            "\(used) of about \(limit) connections are in use",
            meaning: "When all are, whoever connects next is turned away.",
            advice:
                "Raise the limit with -c, or use fewer connections: this client needs one to each server and process."
        )
    }

    /// How many descriptors are no connections: what it says it needs for its threads, or what it was seen to need, seven and four for
    /// each thread, where that is more (1.6.18 on Linux, with 1 to 8 threads). What whoever started it had open comes on top.
    private var descriptorsOfItsOwn: Int {
        max(number("reserved_fds") ?? 0, number("threads").map { 7 + 4 * $0 } ?? 0)
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
