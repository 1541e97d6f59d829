extension KnownDefect {
    /// Those that a release of the series 1.6 has mended.
    static let mendedIn16: [KnownDefect] = [
        KnownDefect(
            (1, 6, 45),
            since: (1, 6, 0),
            .all,
            .warning,
            "a get without an end crashes it once its memory runs out",
            commit("8b852b61fc")
        ),
        KnownDefect(
            (1, 6, 45),
            since: (1, 4, 26),
            .all,
            .critical,
            "a client that watches its log and goes away can make it write to freed memory",
            commit("e7793811f8")
        ),
        KnownDefect(
            (1, 6, 45),
            since: (1, 6, 34),
            .pageMover,
            .warning,
            "'slabs automove' with an invalid window crashes it",
            commit("6ab74b5859")
        ),
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
            since: (1, 6, 40),
            .passwordFile,
            .warning,
            "with -Y, empty lines instead of a login can crash it",
            commit("af05c9302b")
        ),
        KnownDefect(
            (1, 6, 44),
            since: (1, 4, 31),
            .dump,
            .critical,
            "a client that breaks off a dump of keys can corrupt its lists of items",
            commit("ea35f441f2")
        ),
        KnownDefect(
            (1, 6, 44),
            since: (1, 6, 19),
            .dump,
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
            since: (1, 6, 17),
            .passwordFile,
            .critical,
            "with -Y, a port that -l sets to the binary protocol asks for no login",
            commit("3791d9eda7")
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
            since: (1, 5, 15),
            .passwordFile,
            .warning,
            "with -Y, a login that tells a huge length crashes it",
            commit("9981d748f8")
        ),
        KnownDefect(
            (1, 6, 42),
            since: (1, 5, 15),
            .passwordFile,
            .notice,
            "with -Y, a login while the file is read anew can use freed memory",
            commit("57934a1d01")
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
            since: (1, 6, 34),
            .pageMover,
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
            (1, 6, 41),
            since: (1, 6, 34),
            .pageMover,
            .warning,
            "moving memory between sizes can get stuck, and with slab_automove=2 crash it",
            commit("221c521621")
        ),
        KnownDefect(
            (1, 6, 41),
            .extstore,
            .notice,
            "a value that is read while extstore compacts can vanish",
            commit("04a8bef5de")
        ),
        KnownDefect(
            (1, 6, 39),
            since: (1, 6, 35),
            .extstore,
            .critical,
            "a SET that follows gets in a pipeline can be lost, and the rest of its value be taken for commands",
            commit("28f4abf8ed")
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
            (1, 6, 32),
            since: (1, 4, 31),
            .all,
            .warning,
            "a client that breaks off a dump of keys, or stops watching its log, can crash it",
            commit("af53ab8d8a")
        ),
        KnownDefect(
            (1, 6, 32),
            .proxy,
            .warning,
            "large SETs that come faster than a server behind the proxy takes them can hang or crash it",
            commit("18b189b41b")
        ),
        KnownDefect(
            (1, 6, 31),
            since: (1, 6, 30),
            .tls,
            .warning,
            "a connection whose TLS handshake fails crashes it",
            commit("5609673ed2")
        ),
        KnownDefect(
            (1, 6, 28),
            since: (1, 6, 27),
            .proxy,
            .critical,
            "with a long queue for one server, the proxy can use freed memory",
            commit("33c00b49f2")
        ),
        KnownDefect(
            (1, 6, 26),
            since: (1, 5, 4),
            .dump,
            .warning,
            "a client that goes away at the end of a dump of keys can crash it",
            commit("4ff4e8169c")
        ),
        KnownDefect(
            (1, 6, 25),
            since: (1, 4, 27),
            .all,
            .warning,
            "switching 'stats sizes' on or off while it works can crash it",
            commit("aa20d785ab")
        ),
        KnownDefect(
            (1, 6, 24),
            since: (1, 4, 25),
            .pageMover,
            .notice,
            "moving memory between sizes gives values new versions: conflicts though nobody has changed them",
            commit("2b97c389f0")
        ),
        KnownDefect(
            (1, 6, 24),
            since: (1, 5, 4),
            .extstore,
            .notice,
            "bringing a value back from extstore gives it a new version: a conflict though nobody has changed it",
            commit("707eecf941")
        ),
        KnownDefect(
            (1, 6, 22),
            .proxy,
            .critical,
            "a get with very many spaces overflows a buffer of the proxy",
            "CVE-2023-46852, CVE-2023-46853"
        ),
        KnownDefect(
            (1, 6, 22),
            .extstore,
            .notice,
            "with a low item_age, a value that is read while extstore compacts vanishes",
            commit("5f1c65177d")
        ),
        KnownDefect(
            (1, 6, 21),
            .proxy,
            .warning,
            "a get or an incr without a key crashes the proxy",
            commit("24ce2efde5")
        ),
        KnownDefect(
            (1, 6, 21),
            .extstore,
            .notice,
            "with a low item_age, keys that are often rewritten can come back with an old value or vanish",
            releaseNotes("1621")
        ),
        KnownDefect(
            (1, 6, 19),
            since: (1, 6, 9),
            .dump,
            .warning,
            "a client that starts a dump of keys by hash and stops reading hangs it",
            commit("a22be2bdbf")
        ),
        KnownDefect(
            (1, 6, 18),
            since: (1, 6, 14),
            .proxy,
            .critical,
            "a SET without its last line end can make the proxy mix up its requests",
            commit("683bb98a55")
        ),
        KnownDefect(
            (1, 6, 17),
            since: (1, 4, 26),
            .all,
            .warning,
            "SETs can crash it while somebody runs 'watch mutations'",
            commit("d296cc0327")
        ),
        KnownDefect(
            (1, 6, 16),
            .proxy,
            .critical,
            "when a server behind it fails, the proxy can use freed memory",
            commit("0ad4de66ae")
        ),
        KnownDefect(
            (1, 6, 14),
            since: (1, 5, 14),
            .all,
            .warning,
            "more than three billion items can hang or crash it",
            commit("c22c46474a")
        ),
        KnownDefect(
            (1, 6, 14),
            since: (1, 6, 13),
            .proxy,
            .warning,
            "a SET whose value comes in pieces can crash the proxy",
            commit("838fda3fda")
        ),
        KnownDefect(
            (1, 6, 11),
            since: (1, 6, 9),
            .extstore,
            .warning,
            "a get of several keys of which one is too long can hang it",
            commit("f8a55c4731")
        ),
        KnownDefect(
            (1, 6, 10),
            since: (1, 5, 4),
            .all,
            .warning,
            "'stats extstore' crashes it where extstore is off",
            commit("6512edb22e")
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
            (1, 6, 3),
            since: (1, 5, 13),
            .tlsOff,
            .warning,
            "'refresh_certs' crashes it where TLS is off",
            commit("79140c7033")
        ),
        KnownDefect(
            (1, 6, 2),
            since: (1, 6, 0),
            .all,
            .critical,
            "a crafted binary header overflows a buffer and crashes it, without a login",
            "CVE-2020-10931"
        ),
    ]
}
