extension ServerAnswers {
    /// What an operator should know about the server, the most severe first.
    package var findings: [DiagnosisFinding] {
        let findings =
            versionFindings + settingsFindings + connectionFindings + memoryFindings
            + [clockFinding, uptimeFinding, statisticsFinding].compactMap(\.self)
        return findings.sorted { $0.severity > $1.severity }
    }

    private var statisticsFinding: DiagnosisFinding? {
        guard general.isEmpty else { return nil }
        return DiagnosisFinding(
            .protocol,
            .notice,
            "It tells no statistics",
            meaning:
                "It may be a proxy. Memory, connections, clock and settings could not be looked at, and versions of items are "
                + "bound to one connection each.",
            advice: "Look at the servers behind it by themselves."
        )
    }
}
