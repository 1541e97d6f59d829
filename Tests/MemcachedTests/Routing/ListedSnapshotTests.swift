#if Configuration
import Configuration
import Foundation
import Memcached
import TestSupport
import Testing

/// Files that tell which settings they have.
@Suite(.fewAtATime) struct ListedSnapshotTests {
    private func reader<File: KeyListing>(_ text: String, _: File.Type) async throws -> ConfigReader {
        let path = FileManager.default.temporaryDirectory.appending(path: "listed-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        let place = InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])
        let file = try await FileProvider<ListedSnapshot<File>>(config: ConfigReader(provider: place))
        let environment = EnvironmentVariablesProvider(environmentVariables: ["MEMCACHED_TIMEOUTS": "1"])
        return ConfigReader(providers: [environment.prefixKeys(with: "memcached"), file])
    }

    private func json(_ text: String) async throws -> ConfigReader { try await reader(text, JSONSnapshot.self) }

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
        (#"{"servers": ["a"], "timeout": {"seconds": 1}}"#, "'timeout.seconds' is no setting"),
        (
            #"{"servers": ["a"], "dictionaries": 1}"#,
            "'dictionaries' is no setting. Those of a dictionary are expiration, "
        ),
        (#"{"servers": ["a"], "dictionaries": {"s": 1}}"#, "'dictionaries.s' is no setting"),
        (
            #"{"servers": ["a"], "dictionaries": {"s": {"expires": 1}}}"#,
            "'dictionaries.s.expires' is no setting. Those of a dictionary are expiration, compressAbove, longestKey, largestValue."
        ),
    ])
    func `what is no setting is an error that names it and what is allowed`(text: String, words: String) async throws {
        let message = try complaint(try await json(text))
        #expect(message?.contains(words) == true, "\(message ?? "")")
        // What can't list its keys tells nothing.
        #expect(message != nil)
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
        for (line, key) in [("timout: 1", "timout"), ("a: {b: 1}", "a.b"), ("c:", "c")] {
            let message = try complaint(try await reader(text + "\n" + line, YAMLSnapshot.self))
            #expect(message?.hasPrefix("'\(key)' is no setting") == true, "\(message ?? "")")
        }
    }
    #endif
}
#endif
