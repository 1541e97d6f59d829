extension KnownDefect {
    /// Those that a release of the series 1.4 has mended.
    static let mendedIn14: [KnownDefect] = [
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
            (1, 4, 37),
            since: (1, 4, 23),
            .all,
            .warning,
            "an item that expires while the crawler looks at it can crash it",
            commit("1afac9c46f")
        ),
        KnownDefect(
            (1, 4, 37),
            since: (1, 4, 31),
            .dump,
            .warning,
            "a dump of keys that ends while a client connects can crash it",
            commit("c053584ad1")
        ),
        KnownDefect(
            (1, 4, 37),
            since: (1, 4, 30),
            .pageMover,
            .critical,
            "with -I above a megabyte, moving memory between sizes overwrites other values",
            commit("f600354e83")
        ),
        KnownDefect(
            (1, 4, 34),
            since: (1, 4, 31),
            .dump,
            .warning,
            "a client that breaks off a dump of keys crashes it",
            commit("356ed3f99a")
        ),
        KnownDefect(
            (1, 4, 34),
            since: (1, 4, 31),
            .dump,
            .warning,
            "a client that goes away at the end of a dump of keys can crash it",
            commit("34e4604dbe")
        ),
        KnownDefect(
            (1, 4, 33),
            .all,
            .critical,
            "lengths that overflow in binary stores and in SASL let a client run code in the server",
            "CVE-2016-8704, CVE-2016-8705, CVE-2016-8706"
        ),
        KnownDefect(
            (1, 4, 29),
            since: (1, 4, 18),
            .all,
            .critical,
            "when its memory runs out, it takes the value of a binary SET for commands",
            commit("96d50a8cf6")
        ),
        KnownDefect(
            (1, 4, 25),
            since: (1, 4, 23),
            .pageMover,
            .critical,
            "moving memory between sizes overwrites values that are being uploaded",
            commit("a836eabc19")
        ),
        KnownDefect(
            (1, 4, 23),
            since: (1, 4, 10),
            .all,
            .critical,
            "a flush while items are in use can corrupt memory",
            commit("90593dca21")
        ),
        KnownDefect(
            (1, 4, 22),
            since: (1, 4, 15),
            .all,
            .critical,
            "while the hash table grows, items that are in use can be thrown out",
            commit("6af7aa0b15")
        ),
        KnownDefect(
            (1, 4, 22),
            since: (1, 4, 15),
            .pageMover,
            .critical,
            "reading values while memory moves between sizes can corrupt its lists of items",
            commit("ecea7458d7")
        ),
        KnownDefect(
            (1, 4, 22),
            since: (1, 4, 18),
            .all,
            .warning,
            "'lru_crawler crawl' with an invalid class crashes it",
            commit("a3fcd40a25")
        ),
        KnownDefect(
            (1, 4, 22),
            .all,
            .notice,
            "incrementing an empty value can count on from what another one has left in memory",
            commit("58d05f1d37")
        ),
        KnownDefect(
            (1, 4, 20),
            since: (1, 4, 18),
            .all,
            .warning,
            "a client that connects while another one leaves can hang",
            commit("e73bc2e5c0")
        ),
        KnownDefect(
            (1, 4, 17),
            .sasl,
            .critical,
            "a client whose login failed can be taken for one that is logged in",
            commit("87c1cf0f20")
        ),
        KnownDefect(
            (1, 4, 17),
            .all,
            .warning,
            "with -vv, which a client can switch on, keys are printed past their end, which can crash it",
            commit("0f605245cf")
        ),
        KnownDefect(
            (1, 4, 17),
            .all,
            .notice,
            "a counter that a binary client creates has leftovers of memory behind it",
            commit("8818bb698e")
        ),
        KnownDefect(
            (1, 4, 16),
            .all,
            .warning,
            "a crafted binary packet crashes it",
            commit("6695ccbc52")
        ),
        KnownDefect(
            (1, 4, 14),
            since: (1, 4, 8),
            .all,
            .warning,
            "TOUCH and GAT of binary clients set a wrong expiration",
            commit("045da59d01")
        ),
        KnownDefect(
            (1, 4, 12),
            since: (1, 4, 11),
            .all,
            .warning,
            "an empty line crashes it",
            commit("29bfd5a17f")
        ),
        KnownDefect(
            (1, 4, 12),
            since: (1, 4, 7),
            .all,
            .notice,
            "a flush that is to come later removes values too early",
            commit("c1c99c9f2b")
        ),
        KnownDefect(
            (1, 4, 11),
            since: (1, 4, 10),
            .all,
            .warning,
            "removing an item while another thread does can crash it",
            commit("f4983b2068")
        ),
        KnownDefect(
            (1, 4, 8),
            .all,
            .notice,
            "INCREMENT and DECREMENT can answer with the version of before",
            commit("2096c49145")
        ),
        KnownDefect(
            (1, 4, 7),
            since: (1, 4, 6),
            .all,
            .warning,
            "after it has reached its limit of connections, it may never take another one",
            commit("2c56090933")
        ),
        KnownDefect(
            (1, 4, 6),
            .all,
            .warning,
            "reaching its limit of connections can crash it",
            commit("ac93972387")
        ),
        KnownDefect(
            (1, 4, 6),
            .all,
            .notice,
            "increments and decrements that come at the same time can be lost",
            commit("ea2d42a50c")
        ),
        KnownDefect(
            (1, 4, 6),
            .all,
            .notice,
            "a number that is incremented while it is being sent arrives garbled",
            commit("0d45e55dee")
        ),
        KnownDefect(
            (1, 4, 3),
            .all,
            .warning,
            "a client that never ends its line uses up the memory and crashes it",
            commit("75cc83685e")
        ),
        KnownDefect(
            (1, 4, 2),
            .all,
            .critical,
            "a binary request with a long key writes past its item",
            commit("fcdf315b89")
        ),
        KnownDefect(
            (1, 4, 2),
            .all,
            .notice,
            "a binary SET with a version answers without the new one",
            commit("52f16b3e07")
        ),
        KnownDefect(
            (1, 4, 1),
            .all,
            .critical,
            "a store with a negative length corrupts memory",
            commit("483e82adc8")
        ),
        KnownDefect(
            (1, 4, 1),
            .all,
            .critical,
            "binary requests in a pipeline can overflow its buffer",
            commit("7bb8219157")
        ),
    ]
}
