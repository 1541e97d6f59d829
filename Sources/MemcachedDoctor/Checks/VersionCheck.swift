extension ServerAnswers {
    /// The known defects of the server's version.
    var versionFindings: [DiagnosisFinding] {
        guard let version = ServerVersion(self.version) else {
            return [
                DiagnosisFinding(
                    .version,
                    .notice,
                    "Its version, '\(self.version)', is not one of memcached's",
                    meaning: "It may be a proxy or another server that speaks the protocol. Its defects can't be told.",
                    advice: "Look at its own release notes."
                )
            ]
        }
        let defects = KnownDefect.all.filter { $0.concerns(version, self) }
        guard let worst = defects.map(\.severity).max() else { return [] }
        let number = defects.count == 1 ? "a known defect" : "\(defects.count) known defects"
        return [
            DiagnosisFinding(
                .version,
                // What a distribution has mended keeps its number: they may not be there.
                min(worst, .warning),
                "memcached \(version) has \(number)",
                meaning:
                    "Whoever can reach its port may use them, unless its distribution has mended them under the same number.",
                advice:
                    "Upgrade to \(KnownDefect.listedUpTo) or later, and let nobody but your services reach the port.",
                details: defects.map { "\($0.severity), mended in \($0.fixedIn): \($0.summary) (\($0.source))" }
            )
        ]
    }
}
