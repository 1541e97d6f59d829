extension ServerAnswers {
    /// What the server was started with.
    var settingsFindings: [DiagnosisFinding] {
        [versionsOff, flushOff, smallItems, openUDP].compactMap(\.self)
    }

    private var versionsOff: DiagnosisFinding? {
        guard settings["cas_enabled"] == "no" else { return nil }
        return DiagnosisFinding(
            .versions,
            .warning,
            "Items have no versions (-C)",
            meaning: "Compare-and-swap can't work: whoever stores last overwrites what others have stored. "
                + "This client throws versionUnusable rather than do that.",
            advice: "Start the server without -C, unless nobody updates what others store."
        )
    }

    private var flushOff: DiagnosisFinding? {
        guard settings["flush_enabled"] == "no" else { return nil }
        return DiagnosisFinding(
            .flush,
            .notice,
            "Nobody can flush it (-F)",
            meaning: "flush() throws. That keeps a production server from being emptied by mistake.",
            advice: "Nothing, where that is meant. To empty the server, restart it."
        )
    }

    /// A server's own default, in bytes.
    private static let usualItemSize = 1_048_576

    private var smallItems: DiagnosisFinding? {
        guard let size = setting("item_size_max"), size < Self.usualItemSize else { return nil }
        return DiagnosisFinding(
            .itemSize,
            .warning,
            "Items have at most \(size) bytes (-I)",
            meaning:
                "That is less than the usual 1 MiB. A larger value, with its key and some 60 bytes of the server's own, is "
                + "refused: this client throws valueTooLarge before anything is sent.",
            advice: "Raise it with -I 1m, or compress large values: codec.compressed(above: 1_000)."
        )
    }

    private var openUDP: DiagnosisFinding? {
        guard let port = setting("udpport"), port != 0 else { return nil }
        return DiagnosisFinding(
            .udp,
            .warning,
            "It listens on UDP port \(port) (-U)",
            meaning:
                "Where strangers can reach it, they make it answer small forged requests with large replies to others.",
            advice: "Start it with -U 0: this client, like nearly all, uses TCP."
        )
    }
}
