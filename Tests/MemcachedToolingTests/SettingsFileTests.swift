#if Configuration
import Foundation
import Memcached
import MemcachedTooling
import TestSupport
import Testing

@Suite(.fewAtATime) struct SettingsFileTests {
    private static let members: [String: SettingValue] = [
        "servers": .texts(["cache-1:11211", "10.0.0.1=3"]), "timeout": .number(0.5), "batchWindow": .whole(16),
        "tls": .flag(true), "tlsServerName": .text("cache.example"),
        "dictionaries": .members([
            "sessions": .members(["expiration": .whole(600), "compressAbove": .text("never")]), "pages": .members([:]),
        ]),
    ]

    @Test func `a file of JSON is read with all its members`() throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(
                """
                {"servers": ["cache-1:11211", "10.0.0.1=3"], "timeout": 0.5, "batchWindow": 16, "tls": true,
                 "tlsServerName": "cache.example",
                 "dictionaries": {"sessions": {"expiration": 600, "compressAbove": "never"}, "pages": {}}}
                """,
                to: "config.json"
            )
            let file = try SettingsFile(path: path)
            #expect(file.members == Self.members)
            #expect(file.dictionaries == ["pages", "sessions"])
            #expect(!file.holdsSecrets)
        }
    }

    #if YAML
    @Test(arguments: ["config.yaml", "config.yml", "CONFIG.YAML"])
    func `a file of YAML is read by its name, and has the same members`(name: String) throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(
                """
                # The fleet.
                servers:
                  - cache-1:11211
                  - 10.0.0.1=3
                timeout: 0.5
                batchWindow: 16
                tls: true
                tlsServerName: cache.example
                dictionaries:
                  sessions: {expiration: 600, compressAbove: never}
                  pages: {}
                """,
                to: name
            )
            #expect(try SettingsFile(path: path).members == Self.members)
        }
    }

    @Test func `what is in quotes is text in YAML`() throws {
        try SettingsFolder.with { folder in
            let path = try folder.write("saslUser: '12'\nsaslPassword: \"true\"\n", to: "config.yaml")
            #expect(
                try SettingsFile(path: path).members == ["saslUser": .text("12"), "saslPassword": .text("true")]
            )
        }
    }

    @Test(arguments: [
        ("", "is not one mapping of YAML"), ("- servers", "is not one mapping of YAML"),
        (
            "timeout: [",
            "is not one mapping of YAML: while parsing a flow node did not find expected node content at line 2, column 1"
        ),
        ("timeout: 1\ntimeout: 2", "is not one mapping of YAML: it has 'timeout' twice, in the mapping at line 1"),
        ("timeout:", "'timeout' a value that no setting takes"),
        ("timeout: {a: 1}", "'timeout' a value that no setting takes"),
        ("servers: [[a]]", "'servers' a value that no setting takes"), ("timout: 1", "'timout', which is no setting"),
    ])
    func `what is wrong in YAML is named`(text: String, words: String) throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(text, to: "config.yaml")
            let error = #expect(throws: SettingsError.self) { try SettingsFile(path: path) }
            #expect(error?.text.contains(words) == true, "\(error?.text ?? "")")
        }
    }
    #endif

    @Test(arguments: [
        (#"{"dictionaries": 1}"#, "'dictionaries'"), (#"{"dictionaries": {"sessions": 1}}"#, "'dictionaries.sessions'"),
        (#"{"dictionaries": {"sessions": {"timeout": 1}}}"#, "'dictionaries.sessions.timeout'"),
        (#"{"dictionaries": {"sessions": {"expiration": {}}}}"#, "'dictionaries.sessions.expiration'"),
        (#"{"dictionaries": {"sessions": {"limits": {"expiration": 9}}}}"#, "'dictionaries.sessions.limits'"),
    ])
    func `a dictionary has only what a dictionary can have`(text: String, key: String) throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(text, to: "config.json")
            let error = #expect(throws: SettingsError.self) { try SettingsFile(path: path) }
            #expect(error?.text.contains("has \(key), which is no setting") == true, "\(error?.text ?? "")")
            #expect(error?.advice?.contains("expiration, compressAbove, longestKey, largestValue") == true)
        }
    }

    @Test func `a member that is null is named with its whole path`() throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(#"{"dictionaries": {"sessions": {"expiration": null}}}"#, to: "config.json")
            let error = #expect(throws: SettingsError.self) { try SettingsFile(path: path) }
            #expect(error?.text.contains("gives 'dictionaries.sessions.expiration' a value") == true)
        }
    }

    @Test func `a file that isn't there, is a folder or is too large is said to be that`() throws {
        try SettingsFolder.with { folder in
            let large = try folder.write(String(repeating: " ", count: 1 << 21), to: "large.json")
            for (path, words) in [
                (folder.path(of: "none.json"), "No such file"), (folder.path, "Is a directory"),
                (large, "1048576 bytes"),
            ] {
                let error = #expect(throws: SettingsError.self) { try SettingsFile(path: path) }
                #expect(error?.text.contains("'\(path)' can't be read: ") == true)
                #expect(error?.text.contains(words) == true, "\(error?.text ?? "")")
            }
        }
    }

    @Test func `all problems are found, each at its key`() throws {
        let problems = SettingsFile.problems(in: [
            "timout": .whole(1), "servers": .texts(["cache-1:x", "cache-2"]), "timeout": .text("soon"),
            "initialBackoff": .number(2), "maximumBackoff": .whole(1), "connectionsPerServer": .whole(65),
            "ejectionTrialInterval": .whole(1), "batchWindow": .members([:]), "saslMechanism": .text("PLAIN"),
            "longestKey": .whole(251), "compressAbove": .text("always"),
            "dictionaries": .members([
                "sessions": .members(["expiration": .number(-1), "largestValue": .whole(0), "ttl": .whole(1)]),
                "a:b": .members([:]),
            ]),
        ])
        #expect(
            problems.map(\.key).sorted() == [
                "batchWindow", "compressAbove", "connectionsPerServer", "dictionaries.a:b",
                "dictionaries.sessions.expiration", "dictionaries.sessions.largestValue", "dictionaries.sessions.ttl",
                "ejectionTrialInterval", "longestKey", "maximumBackoff", "saslMechanism", "servers", "timeout",
                "timout",
            ]
        )
        for problem in problems {
            #expect(problem.message.contains(problem.key), "\(problem)")
        }
        #expect(SettingsFile.problems(in: ["servers": .texts(["cache-1"]), "timeout": .whole(1)]).isEmpty)
        #expect(SettingsFile.problems(in: [:]).map(\.key) == ["servers"])
    }

    @Test func `no problem shows a password`() {
        let problems = SettingsFile.problems(in: [
            "servers": .texts(["cache-1"]), "saslUser": .text("ada\n"), "saslPassword": .text("hush\n"),
        ])
        #expect(problems.map(\.key) == ["saslUser", "saslPassword"])
        #expect(!problems.contains { $0.message.contains("hush") })
    }

    @Test func `what tells of a file's values shows neither a password nor what one is checked against`() throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(
                #"{"timeout": 7, "saslPassword": "hush", "management": {"passwordHash": "scrypt:1"}}"#,
                to: "config.json"
            )
            let values = "\(try SettingsFile(path: path).values)"
            #expect(values.contains("7"))
            #expect(!values.contains("hush") && !values.contains("scrypt"))
        }
    }

    @Test func `the default file is of JSON, or of YAML where only that is there`() throws {
        try SettingsFolder.with { folder in
            let environment = ["XDG_CONFIG_HOME": folder.path]
            #expect(SettingsFile.defaultPath(environment) == folder.path(of: "memcached-dict/config.json"))
            #expect(
                SettingsFile.defaultPath(["XDG_CONFIG_HOME": "relative", "HOME": "/home/ada"])
                    == "/home/ada/.config/memcached-dict/config.json"
            )
        }
    }

    @Test func `where the user has no default file, the first of the machine's counts`() throws {
        try SettingsFolder.with { folder in
            for name in ["user", "one", "two"] {
                try FileManager.default.createDirectory(
                    atPath: folder.path(of: "\(name)/memcached-dict"),
                    withIntermediateDirectories: true
                )
            }
            func found(_ folders: String) -> String {
                SettingsFile.defaultPath(["XDG_CONFIG_HOME": folder.path(of: "user"), "XDG_CONFIG_DIRS": folders])
            }
            let folders = "\(folder.path(of: "one")):relative::\(folder.path(of: "two"))"
            #expect(found(folders) == folder.path(of: "user/memcached-dict/config.json"))
            let two = try folder.write("{}", to: "two/memcached-dict/config.json")
            #expect(found(folders) == two)
            #expect(found("relative") == folder.path(of: "user/memcached-dict/config.json"))
            let one = try folder.write("{}", to: "one/memcached-dict/config.yaml")
            #expect(found(folders) == one)
            let user = try folder.write("{}", to: "user/memcached-dict/config.yml")
            #expect(found(folders) == user)
        }
    }
}
#endif
