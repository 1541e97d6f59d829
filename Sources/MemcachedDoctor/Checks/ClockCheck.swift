extension ServerAnswers {
    /// What a server may be off, in seconds: it counts whole ones, and begins up to two behind.
    private static let tolerance = 5.0

    /// Whether the server's clock and this machine's agree.
    var clockFinding: DiagnosisFinding? {
        guard let time = number("time") else { return nil }
        let theirs = Double(time)...Double(time) + 1
        let ahead = theirs.lowerBound - asked.upperBound
        let behind = asked.lowerBound - theirs.upperBound
        guard max(ahead, behind) > Self.tolerance else { return nil }
        let seconds = Int(max(ahead, behind).rounded())
        let direction = ahead > 0 ? "ahead of" : "behind"
        let effect = ahead > 0 ? "sooner" : "later"
        return DiagnosisFinding(
            .clock,
            .warning,
            "Its clock is \(seconds) s \(direction) this machine's",
            meaning:
                "Items with an expiration more than 30 days ahead end \(seconds) s \(effect) than they should; nearer ones don't "
                + "depend on it.",
            advice:
                "Let both machines follow a time server (chrony, systemd-timesyncd). Where that doesn't help, restart memcached, "
                + "which counts from the time at which it started."
        )
    }

    /// Shorter, in seconds, a server is still filling.
    private static let shortLife = 300

    var uptimeFinding: DiagnosisFinding? {
        guard let seconds = number("uptime"), seconds < Self.shortLife else { return nil }
        return DiagnosisFinding(
            .uptime,
            .notice,
            "It was started \(seconds) s ago",
            meaning: "It holds nothing from before; versions of items that were read earlier can't be used any more.",
            advice: "Nothing, where that was meant. Else its log, or that of what starts it, may tell why it ended."
        )
    }
}
