extension KnownDefect {
    /// The newest version that the list knows.
    static let listedUpTo = ServerVersion(1, 6, 45)

    /// The newest first.
    static let all: [KnownDefect] = [
        KnownDefect(
            (1, 6, 45),
            .extstore,
            .warning,
            "a GETK whose value is no longer in extstore's file can hang a worker thread",
            commit("7aa08ac2b8")
        ),
        KnownDefect(
            (1, 6, 45),
            since: (1, 5, 19),
            .all,
            .critical,
            "'mg' requests with an overlong opaque can corrupt memory",
            commit("152ddb68f7")
        ),
        KnownDefect(
            (1, 6, 44),
            since: (1, 4, 31),
            .all,
            .critical,
            "a client that starts a dump of keys and stops reading can make it write past a buffer",
            commit("7eeac6e9a9")
        ),
        KnownDefect(
            (1, 6, 44),
            .dumpOff,
            .notice,
            "'stats detail' works over the binary protocol although -X switches it off",
            commit("aa352388ab")
        ),
        KnownDefect(
            (1, 6, 43),
            .all,
            .critical,
            "a binary client can overflow an item's reference count, and perhaps run code in the server",
            commit("e3b7d33ce4")
        ),
        KnownDefect(
            (1, 6, 42),
            .all,
            .notice,
            "a body length above 2147483647 makes it lose its place in a binary client's stream",
            commit("229cf41be6")
        ),
        KnownDefect(
            (1, 6, 42),
            since: (1, 4, 26),
            .all,
            .warning,
            "a binary SET that fails crashes it while somebody runs 'watch mutations'",
            commit("32ea7d8b5b")
        ),
        KnownDefect(
            (1, 6, 42),
            .all,
            .warning,
            "'slabs reassign' with an invalid class can crash it",
            commit("0240ddee01")
        ),
        KnownDefect(
            (1, 6, 42),
            .sasl,
            .notice,
            "with memcached's own password file, the time of a login tells whether a user exists",
            "CVE-2026-47783"
        ),
        KnownDefect(
            (1, 6, 39),
            .tls,
            .warning,
            "a TLS connection on which SETs are pipelined can hang",
            commit("96e05b75f0")
        ),
        KnownDefect(
            (1, 6, 39),
            .proxy,
            .critical,
            "a SET without its last line end can free memory of the proxy twice",
            commit("5267f14c0b")
        ),
        KnownDefect(
            (1, 6, 22),
            .proxy,
            .critical,
            "a get with very many spaces overflows a buffer of the proxy",
            "CVE-2023-46852, CVE-2023-46853"
        ),
        KnownDefect(
            (1, 6, 21),
            .extstore,
            .notice,
            "with a low item_age, keys that are often rewritten can come back with an old value or vanish",
            releaseNotes("1621")
        ),
        KnownDefect(
            (1, 6, 8),
            since: (1, 6, 0),
            .udp,
            .warning,
            "an upload split over several UDP packets crashes it",
            "CVE-2022-48571"
        ),
        KnownDefect(
            (1, 6, 3),
            since: (1, 6, 0),
            .all,
            .warning,
            "a crafted meta command crashes it",
            "CVE-2020-22570"
        ),
        KnownDefect(
            (1, 6, 2),
            since: (1, 6, 0),
            .all,
            .critical,
            "a crafted binary header overflows a buffer and crashes it, without a login",
            "CVE-2020-10931"
        ),
        KnownDefect(
            (1, 5, 20),
            .sasl,
            .critical,
            "where UDP is on, requests over it are answered without authentication",
            releaseNotes("1520")
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
            (1, 5, 6),
            .udp,
            .warning,
            "UDP is on by default, and lets strangers flood others with its replies",
            "CVE-2018-1000115"
        ),
        KnownDefect(
            (1, 4, 39),
            .all,
            .warning,
            "a crafted binary add or set reads past a buffer, and may crash it",
            "CVE-2017-9951"
        ),
        KnownDefect(
            (1, 4, 37),
            .all,
            .critical,
            "a get of many keys can overflow an item's reference count: corrupt data and deadlocks",
            "CVE-2018-1000127"
        ),
        KnownDefect(
            (1, 4, 33),
            .all,
            .critical,
            "lengths that overflow in binary stores and in SASL let a client run code in the server",
            "CVE-2016-8704, CVE-2016-8705, CVE-2016-8706"
        ),
    ]

    private typealias Numbers = (Int, Int, Int)

    private init(
        _ fixedIn: Numbers,
        since introducedIn: Numbers? = nil,
        _ scope: Scope,
        _ severity: Severity,
        _ summary: String,
        _ source: String
    ) {
        self.introducedIn = introducedIn.map { ServerVersion($0.0, $0.1, $0.2) }
        self.fixedIn = ServerVersion(fixedIn.0, fixedIn.1, fixedIn.2)
        self.scope = scope
        self.severity = severity
        self.summary = summary
        self.source = source
    }
}

private func commit(_ hash: String) -> String { "https://github.com/memcached/memcached/commit/\(hash)" }

private func releaseNotes(_ version: String) -> String {
    "https://github.com/memcached/memcached/wiki/ReleaseNotes\(version)"
}
