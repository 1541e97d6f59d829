import Foundation
import Memcached
import TestSupport
import Testing

#if Management
import Configuration
#endif

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

    #if Management
    @Test func `the command line comes before the environment, and that before the file`() throws {
        let file = InMemoryProvider(values: [
            "timeout": ConfigValue(.int(3), isSecret: false), "connectTimeout": ConfigValue(.int(4), isSecret: false),
            "servers": ConfigValue(.stringArray(["cache-9"]), isSecret: false),
        ])
        let environment = EnvironmentVariablesProvider(environmentVariables: [
            "MEMCACHED_TIMEOUT": "1", "MEMCACHED_STALL_TIMEOUT": "9",
        ])
        let arguments = [
            "service", "--memcached-servers", "cache-1,cache-2=3", "--memcached-timeout", "0.5",
            "--memcached-connections-per-server=4", "--memcached-spans-show-keys", "--memcached-failure-policy",
            "nextServer", "--port", "80",
        ]
        let config = layers(arguments: arguments, environment: environment, file: file)
        let read = try MemcachedClient.Configuration(config: config)
        #expect(read.servers == [MemcachedServer(.host("cache-1")), MemcachedServer(.host("cache-2"), weight: 3)])
        #expect(read.timeout == .milliseconds(500) && read.connectionsPerServer == 4)
        #expect(read.observability.spansShowKeys && read.failurePolicy == .nextServer)
        #expect(read.connection.stallTimeout == .seconds(9) && read.connection.connectTimeout == .seconds(4))
        let wrong = layers(arguments: ["service", "--memcached-timeout", "soon"], environment: environment, file: file)
        let error = #expect(throws: MemcachedError.self) { try MemcachedClient.Configuration(config: wrong) }
        #expect(error?.message.contains("'timeout' takes a number of seconds") == true, "\(error?.message ?? "")")
    }
    #endif

    @Test func `the article's examples do what they say`() throws {
        let servers = [MemcachedServer(.host("cache-1"))]
        let client = try MemcachedClient(configuration: settings(servers: servers))
        try slower(client)
        #expect(client.configuration.timeout == .seconds(5))
        #expect(client.configuration.dictionaries["sessions"]?.compression == .above(1_024))
    }
}
