import TestSupport
import Testing

@testable import MemcachedDoctor

/// Which versions the defects concern, and which servers of these.
@Suite(.fewAtATime) struct KnownDefectTests {
    /// What a server may have switched on.
    enum Feature: Sendable, CaseIterable {
        case udp, sasl, passwordFile, tls, tlsOff, pageMover, dump, dumpOff, extstore, proxy

        /// The setting that tells, its value where it is on, and where it is off; nil for what other statistics tell.
        var setting: (name: String, on: String, off: String)? {
            switch self {
            case .udp: ("udpport", "11211", "0")
            case .sasl: ("auth_enabled_sasl", "yes", "no")
            case .passwordFile: ("auth_enabled_ascii", "users.txt", "no")
            case .tls: ("ssl_enabled", "yes", "no")
            case .tlsOff: ("ssl_enabled", "no", "yes")
            case .pageMover: ("slab_reassign", "yes", "no")
            case .dump: ("dump_enabled", "yes", "no")
            case .dumpOff: ("dump_enabled", "no", "yes")
            case .extstore, .proxy: nil
            }
        }

        var statistic: String? {
            switch self {
            case .extstore: "extstore_page_allocs"
            case .proxy: "proxy_conn_requests"
            default: nil
            }
        }
    }

    /// A server on which nothing but this is on or, where that isn't on, everything but this.
    private func told(_ feature: Feature?, on: Bool) -> ServerAnswers {
        var answers = ServerAnswers(version: "1.6.18", general: ["pid": "7"])
        for other in Feature.allCases where other != .dumpOff && other != .tlsOff {
            let isOn = (other == feature) == on
            if let setting = other.setting { answers.settings[setting.name] = isOn ? setting.on : setting.off }
            if let statistic = other.statistic, isOn { answers.general[statistic] = "1" }
        }
        // Last, since it's the opposite of another one.
        if let setting = feature?.setting { answers.settings[setting.name] = on ? setting.on : setting.off }
        return answers
    }

    /// Each that memcached's history tells of: the commit, the version that brought it if that is known, the one that mended it, and what
    /// has to be on.
    static let bounds: [(String, String?, String, Feature?)] = [
        ("8b852b61fc", "1.6.0", "1.6.45", nil),
        ("e7793811f8", "1.4.26", "1.6.45", nil),
        ("6ab74b5859", "1.6.34", "1.6.45", .pageMover),
        ("7aa08ac2b8", nil, "1.6.45", .extstore),
        ("152ddb68f7", "1.5.19", "1.6.45", nil),
        ("af05c9302b", "1.6.40", "1.6.44", .passwordFile),
        ("ea35f441f2", "1.4.31", "1.6.44", .dump),
        ("7eeac6e9a9", "1.6.19", "1.6.44", .dump),
        ("aa352388ab", nil, "1.6.44", .dumpOff),
        ("3791d9eda7", "1.6.17", "1.6.43", .passwordFile),
        ("e3b7d33ce4", nil, "1.6.43", nil),
        ("9981d748f8", "1.5.15", "1.6.42", .passwordFile),
        ("57934a1d01", "1.5.15", "1.6.42", .passwordFile),
        ("229cf41be6", nil, "1.6.42", nil),
        ("32ea7d8b5b", "1.4.26", "1.6.42", nil),
        ("0240ddee01", "1.6.34", "1.6.42", .pageMover),
        ("221c521621", "1.6.34", "1.6.41", .pageMover),
        ("04a8bef5de", nil, "1.6.41", .extstore),
        ("28f4abf8ed", "1.6.35", "1.6.39", .extstore),
        ("96e05b75f0", nil, "1.6.39", .tls),
        ("5267f14c0b", nil, "1.6.39", .proxy),
        ("af53ab8d8a", "1.4.31", "1.6.32", nil),
        ("18b189b41b", nil, "1.6.32", .proxy),
        ("5609673ed2", "1.6.30", "1.6.31", .tls),
        ("33c00b49f2", "1.6.27", "1.6.28", .proxy),
        ("4ff4e8169c", "1.5.4", "1.6.26", .dump),
        ("aa20d785ab", "1.4.27", "1.6.25", nil),
        ("2b97c389f0", "1.4.25", "1.6.24", .pageMover),
        ("707eecf941", "1.5.4", "1.6.24", .extstore),
        ("5f1c65177d", nil, "1.6.22", .extstore),
        ("24ce2efde5", nil, "1.6.21", .proxy),
        ("a22be2bdbf", "1.6.9", "1.6.19", .dump),
        ("683bb98a55", "1.6.14", "1.6.18", .proxy),
        ("d296cc0327", "1.4.26", "1.6.17", nil),
        ("0ad4de66ae", nil, "1.6.16", .proxy),
        ("c22c46474a", "1.5.14", "1.6.14", nil),
        ("838fda3fda", "1.6.13", "1.6.14", .proxy),
        ("f8a55c4731", "1.6.9", "1.6.11", .extstore),
        ("6512edb22e", "1.5.4", "1.6.10", nil),
        ("79140c7033", "1.5.13", "1.6.3", .tlsOff),
        ("c0e5a99745", "1.5.20", "1.5.22", .pageMover),
        ("d711d1379a", "1.4.26", "1.5.20", nil),
        ("8caa4146a5", nil, "1.5.14", nil),
        ("bb0980fbba", "1.4.22", "1.5.12", nil),
        ("ced9e1730c", nil, "1.5.9", .sasl),
        ("ee171109b3", "1.5.4", "1.5.9", .extstore),
        ("f75fefa013", "1.4.38", "1.5.8", .pageMover),
        ("2918d09c93", "1.4.38", "1.5.5", .pageMover),
        ("31d8e62d29", "1.5.4", "1.5.5", .extstore),
        ("09d3dbf6f8", "1.4.29", "1.5.3", nil),
        ("225366101f", nil, "1.5.2", nil),
        ("1afac9c46f", "1.4.23", "1.4.37", nil),
        ("c053584ad1", "1.4.31", "1.4.37", .dump),
        ("f600354e83", "1.4.30", "1.4.37", .pageMover),
        ("356ed3f99a", "1.4.31", "1.4.34", .dump),
        ("34e4604dbe", "1.4.31", "1.4.34", .dump),
        ("96d50a8cf6", "1.4.18", "1.4.29", nil),
        ("a836eabc19", "1.4.23", "1.4.25", .pageMover),
        ("90593dca21", "1.4.10", "1.4.23", nil),
        ("6af7aa0b15", "1.4.15", "1.4.22", nil),
        ("ecea7458d7", "1.4.15", "1.4.22", .pageMover),
        ("a3fcd40a25", "1.4.18", "1.4.22", nil),
        ("58d05f1d37", nil, "1.4.22", nil),
        ("e73bc2e5c0", "1.4.18", "1.4.20", nil),
        ("87c1cf0f20", nil, "1.4.17", .sasl),
        ("0f605245cf", nil, "1.4.17", nil),
        ("8818bb698e", nil, "1.4.17", nil),
        ("6695ccbc52", nil, "1.4.16", nil),
        ("045da59d01", "1.4.8", "1.4.14", nil),
        ("29bfd5a17f", "1.4.11", "1.4.12", nil),
        ("c1c99c9f2b", "1.4.7", "1.4.12", nil),
        ("f4983b2068", "1.4.10", "1.4.11", nil),
        ("2096c49145", nil, "1.4.8", nil),
        ("2c56090933", "1.4.6", "1.4.7", nil),
        ("ac93972387", nil, "1.4.6", nil),
        ("ea2d42a50c", nil, "1.4.6", nil),
        ("0d45e55dee", nil, "1.4.6", nil),
        ("75cc83685e", nil, "1.4.3", nil),
        ("fcdf315b89", nil, "1.4.2", nil),
        ("52f16b3e07", nil, "1.4.2", nil),
        ("483e82adc8", nil, "1.4.1", nil),
        ("7bb8219157", nil, "1.4.1", nil),
    ]

    private func found(_ commit: String) throws -> KnownDefect {
        let defects = KnownDefect.all.filter { $0.source.hasSuffix("/commit/\(commit)") }
        #expect(defects.count == 1)
        return try #require(defects.first)
    }

    private func justBefore(_ version: ServerVersion) -> ServerVersion {
        version.patch > 0
            ? ServerVersion(version.major, version.minor, version.patch - 1)
            : ServerVersion(version.major, version.minor - 1, 99)
    }

    @Test(arguments: bounds)
    func `a defect concerns the versions from the one that brought it to the one that mended it`(
        commit: String,
        from: String?,
        until: String,
        feature: Feature?
    ) throws {
        let defect = try found(commit)
        let server = told(feature, on: true)
        let mended = try #require(ServerVersion(until))
        #expect(defect.concerns(justBefore(mended), server) && !defect.concerns(mended, server))
        guard let from else {
            #expect(defect.concerns(ServerVersion(1, 4, 0), server))
            return
        }
        let first = try #require(ServerVersion(from))
        #expect(defect.concerns(first, server) && !defect.concerns(justBefore(first), server))
    }

    @Test(arguments: bounds)
    func `a defect concerns the servers that have switched on what it is in`(
        commit: String,
        from: String?,
        until: String,
        feature: Feature?
    ) throws {
        let defect = try found(commit)
        let version = justBefore(try #require(ServerVersion(until)))
        #expect(defect.concerns(version, ServerAnswers(version: until)), "one that tells nothing may have it")
        guard let feature else {
            #expect(defect.concerns(version, told(nil, on: true)) && defect.concerns(version, told(nil, on: false)))
            return
        }
        #expect(defect.concerns(version, told(feature, on: true)))
        #expect(!defect.concerns(version, told(feature, on: false)))
    }

    @Test func `each commit of the list is looked at`() {
        let sources = KnownDefect.all.map(\.source).filter { $0.contains("/commit/") }
        let listed = sources.compactMap { $0.split(separator: "/").last.map { String($0) } }
        #expect(listed.sorted() == Self.bounds.map(\.0).sorted())
        #expect(listed.allSatisfy { $0.count == 10 })
    }

    @Test(
        arguments: [
            (
                .critical,
                [
                    "e7793811f8", "ea35f441f2", "3791d9eda7", "28f4abf8ed", "33c00b49f2", "87c1cf0f20", "683bb98a55",
                    "0ad4de66ae", "bb0980fbba", "09d3dbf6f8", "f600354e83", "96d50a8cf6", "a836eabc19", "90593dca21",
                    "6af7aa0b15", "ecea7458d7", "fcdf315b89", "483e82adc8", "7bb8219157",
                ]
            ),
            (
                .warning,
                [
                    "8b852b61fc", "6ab74b5859", "af05c9302b", "9981d748f8", "221c521621", "af53ab8d8a", "18b189b41b",
                    "5609673ed2", "4ff4e8169c", "aa20d785ab", "24ce2efde5", "a22be2bdbf", "ced9e1730c", "6695ccbc52",
                    "d296cc0327", "c22c46474a", "838fda3fda", "f8a55c4731", "6512edb22e", "79140c7033", "c0e5a99745",
                    "d711d1379a", "ee171109b3", "f75fefa013", "2918d09c93", "31d8e62d29", "225366101f", "1afac9c46f",
                    "c053584ad1", "356ed3f99a", "34e4604dbe", "a3fcd40a25", "e73bc2e5c0", "0f605245cf", "045da59d01",
                    "29bfd5a17f", "f4983b2068", "2c56090933", "ac93972387", "75cc83685e",
                ]
            ),
            (
                .notice,
                [
                    "57934a1d01", "04a8bef5de", "2b97c389f0", "707eecf941", "5f1c65177d", "8caa4146a5", "58d05f1d37",
                    "8818bb698e", "c1c99c9f2b", "2096c49145", "ea2d42a50c", "0d45e55dee", "52f16b3e07",
                ]
            ),
        ] as [(Severity, [String])]
    )
    func `how bad they are`(severity: Severity, commits: [String]) throws {
        for commit in commits { #expect(try found(commit).severity == severity, "\(commit)") }
    }

    @Test func `a server that is older than -X can dump its keys`() throws {
        var old = told(nil, on: true)
        old.settings["dump_enabled"] = nil
        #expect(try found("ea35f441f2").concerns(ServerVersion(1, 4, 33), old))
    }
}
