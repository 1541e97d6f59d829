import Foundation
import Memcached
import TestSupport
import Testing

/// The article on configuration lists each setting, with its unit, its default, its range and its variable.
@Suite(.fewAtATime) struct ConfigurationPageTests {
    @Test func `the article's table is the list of settings`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/Memcached/Memcached.docc/Configuring.md"),
            encoding: .utf8
        )
        let rows = page.components(separatedBy: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.dropFirst().dropLast().replacing("`", with: "").split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let defaults = MemcachedClient.Configuration(servers: [MemcachedServer(.host("cache-1"))])
        #expect(rows.map(\.first) == ClientSetting.all.map(\.key))
        let callsOwn: Set = [
            "servers", "timeout", "shutdownTimeout", "batchWindow", "batchWindowBytes", "failurePolicy",
            "spansShowKeys", "connectionsPerServer", "initialBackoff", "maximumBackoff", "ejectionFailures",
            "ejectionTrialInterval", "redactsKeysAndValues",
            "expiration", "compressAbove", "longestKey", "largestValue",
        ]
        for (row, setting) in zip(rows, ClientSetting.all) {
            #expect(row.last == (callsOwn.contains(setting.key) ? "" : "yes"), "\(setting.key)")
            let value = setting.key == "servers" ? "required" : setting.value(defaults) ?? "-"
            let isWithoutTLS = setting.key == "tls" && value == "-"
            #expect(row.count == 7 && !row[1].isEmpty)
            #expect(
                [row[2], isWithoutTLS ? "-" : row[3], row[4], row[5]] == [
                    setting.unit, value, setting.range, setting.environmentName,
                ]
            )
        }
    }

    @Test func `the comment of the initializer names each setting`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let comment = try String(
            contentsOf: root.appending(path: "Sources/Memcached/Routing/ClientConfiguration+Config.swift"),
            encoding: .utf8
        )
        .components(separatedBy: "\n").filter { $0.hasPrefix("    /// | `") }.joined()
        for setting in ClientSetting.all {
            #expect(comment.contains("`\(setting.key)`"), "\(setting.key)")
        }
    }

    @Test func `the article's examples do what they say`() throws {
        let servers = [MemcachedServer(.host("cache-1"))]
        let client = try MemcachedClient(configuration: settings(servers: servers))
        try slower(client)
        #expect(client.configuration.timeout == .seconds(5))
        #expect(client.configuration.dictionaries["sessions"]?.compression == .above(1_024))
    }
}
