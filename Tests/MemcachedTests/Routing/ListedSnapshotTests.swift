#if Configuration
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Memcached

/// Files that tell which settings they have.
@Suite(.fewAtATime) struct ListedSnapshotTests {
    private func listed<File: FileConfigSnapshot>(_ text: String, _: File.Type) async throws -> FileProvider<File> {
        let path = FileManager.default.temporaryDirectory.appending(path: "listed-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        let place = InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])
        return try await FileProvider<File>(config: ConfigReader(provider: place))
    }

    private func reader<File: KeyListing>(_ text: String, _: File.Type) async throws -> ConfigReader {
        let file = try await listed(text, ListedSnapshot<File>.self)
        let environment = EnvironmentVariablesProvider(environmentVariables: ["MEMCACHED_TIMEOUTS": "1"])
        return ConfigReader(providers: [environment.prefixKeys(with: "memcached"), file])
    }

    private func json(_ text: String) async throws -> ConfigReader { try await reader(text, JSONSnapshot.self) }

    @Test func `a provider's description has names and no values, and a secret is one for whoever reads it`()
        async throws
    {
        let text =
            #"{"servers": ["a"], "cache": {"saslUser": "ada", "saslPassword": "hush"}, "management": {"passwordHash": "hush"}}"#
        let file = try await listed(text, ListedSnapshot<JSONSnapshot>.self)
        let described = file.debugDescription + "\(file)"
        #expect(!described.contains("hush") && !described.contains("ada"))
        #expect(
            file.debugDescription.hasSuffix(": cache.saslPassword, cache.saslUser, management.passwordHash, servers")
        )
        for (key, isSecret) in [
            (["cache", "saslPassword"], true), (["management", "passwordHash"], true), (["cache", "saslUser"], false),
        ] {
            let value = try file.value(forKey: AbsoluteConfigKey(key), type: .string).value
            #expect(value?.isSecret == isSecret, "\(key)")
        }
    }

    private func complaint(_ config: ConfigReader, _ dictionaries: [String] = []) throws -> String? {
        do throws(MemcachedError) {
            _ = try MemcachedClient.Configuration(config: config, dictionaries: dictionaries)
            return nil
        } catch {
            #expect(error.code == .invalidArgument)
            return error.message
        }
    }

    @Test(arguments: [
        (#"{"servers": ["a"], "timout": 1}"#, "'timout' is no setting. The settings are servers, timeout, "),
        (#"{"server": ["a"]}"#, "'server' is no setting"), (#"{"servers": ["a"], "timout": null}"#, "'timout'"),
        (#"{"servers": ["a"], "timeout": {"seconds": 1}}"#, "the setting 'timeout' takes neither an object"),
        (#"{"servers": ["a"], "timeout": {}}"#, "the setting 'timeout' takes neither an object nor a mapping"),
        (#"{"servers": ["a"], "others": {}}"#, "'others' is no setting. The settings are "),
        (
            #"{"servers": ["a"], "dictionaries": 1}"#,
            "'dictionaries' is no setting. It holds an object for each key prefix. Those of a dictionary are expiration, "
        ),
        (#"{"servers": ["a"], "dictionaries": {"s": 1}}"#, "'dictionaries.s' is no setting"),
        (
            #"{"servers": ["a"], "dictionaries": {"s": {"expires": 1}}}"#,
            "'dictionaries.s.expires' is no setting. Those of a dictionary are expiration, compressAbove, longestKey, largestValue."
        ),
        (
            #"{"servers": ["a"], "dictionaries": {"s": {"expiration": {}}}}"#,
            "'dictionaries.s.expiration' is no setting"
        ),
        (
            #"{"servers": ["a"], "dictionaries": {"s": {"limits": {"expiration": 9}}}}"#,
            "'dictionaries.s.limits' is no setting"
        ),
    ])
    func `what is no setting is an error that names it and what is allowed`(text: String, words: String) async throws {
        let message = try complaint(try await json(text))
        #expect(message?.contains(words) == true, "\(message ?? "")")
        // What can't list its keys tells nothing.
        let plain = ConfigReader(provider: try await listed(text, JSONSnapshot.self))
        let silence = try complaint(plain)
        #expect(silence == nil || silence?.contains("'servers' is missing") == true, "\(silence ?? "")")
    }

    @Test func `a name that is there twice is an error, since readers differ in which value they take`() async throws {
        let text = #"{"servers": ["a"], "port": 8080, "servers": ["b"]}"#
        let error = await #expect(throws: MemcachedError.self) { try await json(text) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message == "the configuration file has 'servers' twice in one object; leave one of them")
    }

    @Test(
        arguments: [
            (#"{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}], "d": "a"}"#, nil),
            (#"{"a": 1, "b": {"c": 1, "\u0063": 2}}"#, "c"), (#"[{"a": {}, "b": [":", ":"], "a": 2}]"#, "a"),
            (#"{"\"": ":", "\\": 1, "\"": 2}"#, "\""), ("{}", nil), ("a:b:a", nil), ("}:{", nil), ("\"", nil),
        ] as [(String, String?)]
    )
    func `of JSON the first name is found that one object has twice`(text: String, name: String?) {
        #expect(JSONParts(text.utf8).repeatedName == name)
    }

    @Test func `what is too deep is no dictionary`() async throws {
        let config = try await json(
            #"{"servers": ["a"], "dictionaries": {"a.b": {"expiration": 7}, "c": {"d": {"expiration": 9}}}}"#
        )
        let (configuration, problems) = ClientConfiguration.read(config.snapshot(), [])
        #expect(problems.map(\.key) == ["dictionaries.c.d"])
        #expect(Set(configuration.dictionaries.keys) == ["a.b"])
    }

    @Test func `of several files each is checked, and what is in one hides nothing of another`() async throws {
        func complaint(_ texts: String...) async throws -> String? {
            var files: [any ConfigProvider] = []
            for text in texts { files.append(try await listed(text, ListedSnapshot<JSONSnapshot>.self)) }
            return try self.complaint(ConfigReader(providers: files))
        }
        let sound = #"{"servers": ["a"], "dictionaries": {"pages": {"expiration": 7}}}"#
        #expect(try await complaint(sound, #"{"timeout": 1}"#, "{}") == nil)
        for texts in [
            [#"{"timout": 1}"#, sound, "{}"], [sound, #"{"timout": 1}"#, sound], ["{}", sound, #"{"timout": 1}"#],
        ] {
            let message = try await complaint(texts[0], texts[1], texts[2])
            #expect(message?.hasPrefix("'timout' is no setting") == true, "\(message ?? "")")
        }
        let others = #"{"dictionaries": {"sessions": {"expiration": 8}}}"#
        let both = ConfigReader(providers: [
            try await listed(others, ListedSnapshot<JSONSnapshot>.self),
            try await listed(sound, ListedSnapshot<JSONSnapshot>.self),
        ])
        let found = try MemcachedClient.Configuration(config: both).dictionaries
        #expect(found["sessions"]?.expiration == .after(.seconds(8)))
        #expect(found["pages"]?.expiration == .after(.seconds(7)))
    }

    @Test func `no variable of an environment without a prefix is taken for the list`() async throws {
        let environment = EnvironmentVariablesProvider(environmentVariables: ["_": "/bin/x", "SERVERS": "a"])
        let alone = ConfigReader(provider: environment)
        #expect(try complaint(alone) == nil)
        #expect(try MemcachedClient.Configuration(config: alone).servers == [try MemcachedServer("a")])
        let cases: [(String, String?)] = [
            (#"{"timeout": 3}"#, nil), (#"{"timout": 3}"#, "'timout' is no setting"),
        ]
        for (text, words) in cases {
            let file = try await listed(text, ListedSnapshot<JSONSnapshot>.self)
            let message = try complaint(ConfigReader(providers: [environment, file]))
            #expect(message == nil ? words == nil : message?.hasPrefix(words ?? "-") == true, "\(message ?? "")")
        }
    }

    @Test(arguments: [
        #"{"servers": ["a"], "timeout": 0.5, "tls": false, "dictionaries": {"a.b": {"expiration": 9}, "pages": {}}}"#,
        #"{"servers": ["a"], "management": {"passwordHash": "$x"}, "dictionaries": {}}"#,
    ])
    func `what is a setting is none`(text: String) async throws {
        #expect(try complaint(try await json(text)) == nil)
    }

    @Test func `dictionaries are found without their names, and what is wrong with them`() async throws {
        let config = try await json(
            #"{"servers": ["a"], "dictionaries": {"pages": {"expiration": 7}, "a.b": {"largestValue": 9}}}"#
        )
        for named in [[], ["pages"], ["pages", "others"]] {
            let configuration = try MemcachedClient.Configuration(config: config, dictionaries: named)
            #expect(configuration.dictionaries["pages"]?.expiration == .after(.seconds(7)))
            #expect(configuration.dictionaries["a.b"]?.largestValue == 9)
        }
        let wrong = try await json(#"{"servers": ["a"], "dictionaries": {"pages": {"longestKey": 0}}}"#)
        #expect(try complaint(wrong)?.contains("dictionaries.pages.longestKey must be from 1 to 250") == true)
    }

    @Test func `below a key of their own, only the client's settings are looked at`() async throws {
        let config = try await json(
            #"{"port": 80, "shop": {"name": "x", "cache": {"servers": ["a"], "timeout": 3}, "caches": {"x": 1}}}"#
        )
        let scoped = config.scoped(to: "shop.cache")
        #expect(try MemcachedClient.Configuration(config: scoped).timeout == .seconds(3))
        let wrong = try await json(#"{"port": 80, "cache": {"servers": ["a"], "port": 3}}"#)
        let message = try complaint(wrong.scoped(to: "cache"))
        #expect(message?.hasPrefix("'port' is no setting") == true, "\(message ?? "")")
    }

    #if YAML
    @Test func `so it is in YAML`() async throws {
        let text = """
            servers: [a]
            timeout: 3
            dictionaries:
              pages: {expiration: 7}
              sessions: {}
            """
        let configuration = try MemcachedClient.Configuration(config: try await reader(text, YAMLSnapshot.self))
        #expect(configuration.dictionaries["pages"]?.expiration == .after(.seconds(7)))
        for (line, key) in [("timout: 1", "timout"), ("a: {b: 1}", "a"), ("c:", "c")] {
            let message = try complaint(try await reader(text + "\n" + line, YAMLSnapshot.self))
            #expect(message?.hasPrefix("'\(key)' is no setting") == true, "\(message ?? "")")
        }
    }
    #endif
}
#endif
