extension ServerAnswers {
    /// What an operator should know about the server, the most severe first.
    package var findings: [DiagnosisFinding] {
        let findings =
            versionFindings + settingsFindings + connectionFindings + memoryFindings
            + [clockFinding, uptimeFinding, statisticsFinding].compactMap(\.self)
        return findings.sorted { $0.severity > $1.severity }
    }

    private var statisticsFinding: DiagnosisFinding? {
        guard general.isEmpty || settings.isEmpty else { return nil }
        return DiagnosisFinding(
            .protocol,
            .notice,
            "It tells nothing, or not all, of itself",
            meaning:
                "It may be a proxy. What it doesn't tell could not be looked at: its memory, connections and clock, or its settings.",
            advice: "Look at the servers behind it by themselves."
        )
    }
}
