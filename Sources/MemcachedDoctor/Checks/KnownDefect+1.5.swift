extension KnownDefect {
    /// Those that a release of the series 1.5 has mended.
    static let mendedIn15: [KnownDefect] = [
        KnownDefect(
            (1, 5, 22),
            since: (1, 5, 20),
            .pageMover,
            .warning,
            "moving memory between sizes can crash it once large items have expired",
            commit("c0e5a99745")
        ),
        KnownDefect(
            (1, 5, 20),
            .sasl,
            .critical,
            "where UDP is on, requests over it are answered without authentication",
            releaseNotes("1520")
        ),
        KnownDefect(
            (1, 5, 20),
            since: (1, 4, 26),
            .all,
            .warning,
            "too many clients that watch its log hang it",
            commit("d711d1379a")
        ),
        KnownDefect(
            (1, 5, 16),
            since: (1, 5, 15),
            .all,
            .critical,
            "storing items without flags can crash it or corrupt memory",
            releaseNotes("1516")
        ),
        KnownDefect((1, 5, 14), .all, .warning, "a crafted 'lru' command crashes it", "CVE-2019-11596"),
        KnownDefect(
            (1, 5, 14),
            .all,
            .notice,
            "a value that is deleted while somebody increments it can survive",
            commit("8caa4146a5")
        ),
        KnownDefect(
            (1, 5, 12),
            since: (1, 4, 22),
            .all,
            .critical,
            "incrementing an empty value over and over overflows its reference count",
            commit("bb0980fbba")
        ),
        KnownDefect(
            (1, 5, 9),
            .sasl,
            .warning,
            "a SASL step without a SASL login before it crashes it",
            commit("ced9e1730c")
        ),
        KnownDefect(
            (1, 5, 9),
            since: (1, 5, 4),
            .extstore,
            .warning,
            "a get that finds no memory for a value of extstore can hang it",
            commit("ee171109b3")
        ),
        KnownDefect(
            (1, 5, 8),
            since: (1, 4, 38),
            .pageMover,
            .warning,
            "moving memory between sizes can get stuck while the hash table grows",
            commit("f75fefa013")
        ),
        KnownDefect(
            (1, 5, 6),
            .udp,
            .warning,
            "UDP is on by default, and lets strangers flood others with its replies",
            "CVE-2018-1000115"
        ),
        KnownDefect(
            (1, 5, 5),
            since: (1, 4, 38),
            .pageMover,
            .warning,
            "moving memory between sizes can deadlock it",
            commit("2918d09c93")
        ),
        KnownDefect(
            (1, 5, 5),
            since: (1, 5, 4),
            .extstore,
            .warning,
            "an 'extstore' command with too few arguments crashes it",
            commit("31d8e62d29")
        ),
        KnownDefect(
            (1, 5, 3),
            since: (1, 4, 29),
            .all,
            .critical,
            "a large value from a binary client gets a wrong end, which can overwrite memory next to it",
            commit("09d3dbf6f8")
        ),
        KnownDefect(
            (1, 5, 2),
            .all,
            .warning,
            "more than three billion items crash it",
            commit("225366101f")
        ),
    ]
}
