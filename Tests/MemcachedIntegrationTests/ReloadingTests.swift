#if Management && Configuration
import Configuration
import Foundation
import InMemoryLogging
import Logging
import Memcached
import MemcachedTooling
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing

/// A service whose configuration is in a file that is changed while it works, with swift-configuration's own provider.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct ReloadingTests {
    /// A client that follows a file.
    private struct Service {
        let client: MemcachedClient
        let provider: any ConfigProvider
        /// Looks at the file by the provider's own clock.
        let poll: @Sendable () async throws -> Void
        let path: String
        let log: InMemoryLogHandler

        var configuration: MemcachedClient.Configuration { client.configuration }

        /// Changes the file as the management screen does.
        func save(_ change: (inout [String: SettingValue]) -> Void) async throws {
            try await untilItsTimeTells()
            let file = try SettingsFile(path: path)
            var members = file.members
            change(&members)
            try file.save(members)
        }

        /// Changes the file as an editor does that knows nothing of settings.
        func write(_ text: String) async throws {
            try await untilItsTimeTells()
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        }

        /// The provider tells files apart by their times, which a file system may keep to a few milliseconds only.
        private func untilItsTimeTells() async throws {
            try await Task.sleep(for: .milliseconds(20))
        }

        /// Lets the provider look at the file now, and not only at its next interval. What is no JSON is an error there.
        func look() async {
            _ = try? await provider.fetchValue(forKey: "servers", type: .stringArray)
        }

        func until(_ isSeen: (MemcachedClient.Configuration) -> Bool) async throws {
            while !isSeen(configuration) {
                await look()
                try await Task.sleep(for: .milliseconds(1))
            }
        }

        func messages(_ level: Logger.Level) -> [String] {
            log.entries.filter { $0.level == level }.map { "\($0.message) \($0.metadata)" }
        }
    }

    /// The extensions of the formats that this build reads.
    private static var formats: [String] {
        #if YAML
        ["json", "yaml"]
        #else
        ["json"]
        #endif
    }

    private func provider<Format: KeyListing>(
        _: Format.Type,
        _ place: [AbsoluteConfigKey: ConfigValue]
    ) async throws -> (any ConfigProvider, @Sendable () async throws -> Void) {
        let provider = try await ReloadingFileProvider<ListedSnapshot<Format>>(
            config: ConfigReader(provider: InMemoryProvider(values: place))
        )
        return (provider, { try await provider.run() })
    }

    private func withService(
        _ members: [String: SettingValue],
        format: String = "json",
        allowMissing: Bool = false,
        _ body: (Service) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reloading-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "config.\(format)").path
        try SettingsFile(newAt: path).save(members)
        let place: [AbsoluteConfigKey: ConfigValue] = [
            "filePath": ConfigValue(.string(path), isSecret: false),
            "allowMissing": ConfigValue(.bool(allowMissing), isSecret: false),
            "pollIntervalSeconds": ConfigValue(.int(1), isSecret: false),
        ]
        #if YAML
        let (provider, poll) =
            format == "yaml"
            ? try await provider(YAMLSnapshot.self, place) : try await provider(JSONSnapshot.self, place)
        #else
        let (provider, poll) = try await provider(JSONSnapshot.self, place)
        #endif
        let log = InMemoryLogHandler()
        try await withMemcachedClient(
            config: ConfigReader(provider: provider),
            dictionaries: ["texts"],
            logger: Logger(label: "test") { _ in log }
        ) { client in
            try await body(Service(client: client, provider: provider, poll: poll, path: path, log: log))
        }
    }

    private func withServers(_ count: Int, _ body: ([MemcachedProcess]) async throws -> Void) async throws {
        func start(_ servers: [MemcachedProcess]) async throws {
            guard servers.count < count else { return try await body(servers) }
            try await MemcachedProcess.withMemcached { try await start(servers + [$0]) }
        }
        try await start([])
    }

    /// What a task has stored under its keys, so that it knows what may come back.
    private static func text(_ key: String, _ number: Int) -> String {
        "\(key) \(number) " + String(repeating: "text ", count: number % 500)
    }

    private static func number(of text: String, _ key: String) -> Int? {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == key, let number = Int(parts[1]), text == Self.text(key, number) else {
            return nil
        }
        return number
    }

    private func work(_ task: Int, _ client: MemcachedClient, _ isOver: () -> Bool, _ note: () -> Void) async throws {
        let texts = MemcachedDict<String>(client, keyPrefix: "texts", codec: .json())
        let compressed = MemcachedDict<String>(client, keyPrefix: "texts", codec: .json().compressed(above: 500))
        let counts = MemcachedDict<Int>(client, keyPrefix: "counts", codec: .integer())
        var round = 0
        while !isOver() {
            let keys = (0..<10).map { "\(task)-\((round + $0) % 50)" }
            try await (round % 2 == 0 ? texts : compressed).store(Self.text(keys[0], round), forKey: keys[0])
            try await texts.store([keys[1]: Self.text(keys[1], round), keys[2]: Self.text(keys[2], round)])
            for reader in [texts, compressed] {
                // A key that has moved is a miss, and what is left of it where it was is found again when it moves back.
                for (key, text) in try await reader.values(forKeys: keys) {
                    #expect(Self.number(of: text, key).map { $0 <= round } == true, "\(key)")
                }
                if let text = try await reader[keys[0]] {
                    #expect(Self.number(of: text, keys[0]).map { $0 <= round } == true)
                }
            }
            try await counts.update(forKey: keys[0], default: 0) { $0 += 1 }
            try await texts.touch(forKey: keys[3], expiration: .after(.seconds(600)))
            try await texts.removeValue(forKey: keys[4])
            for result in await client.noop().values { try result.get() }
            round += 1
            note()
        }
    }

    @Test func `nothing fails while everything changes under load, and all values are right`() async throws {
        try await withServers(3) { servers in
            let addresses = servers.map(\.address)
            let members: [String: SettingValue] = ["servers": .texts(addresses), "timeout": .whole(60)]
            try await withService(members) { service in
                let isOver = NIOLockedValueBox(false)
                let hasFailed = NIOLockedValueBox(false)
                let rounds = NIOLockedValueBox(0)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<16 {
                        group.addTask {
                            do {
                                try await work(task, service.client, { isOver.withLockedValue { $0 } }) {
                                    rounds.withLockedValue { $0 += 1 }
                                }
                            } catch {
                                hasFailed.withLockedValue { $0 = true }
                                throw error
                            }
                        }
                    }
                    for reload in 1...60 where !hasFailed.withLockedValue({ $0 }) {
                        let before = rounds.withLockedValue { $0 }
                        try await service.save { members in
                            let named = reload % 4 == 0 ? addresses : addresses.filter { $0 != addresses[reload % 3] }
                            members["servers"] = .texts(named)
                            members["timeout"] = .whole(60 + reload)
                            members["batchWindow"] = .whole(1 + reload % 5)
                            members["failurePolicy"] = .text(reload % 7 == 0 ? "nextServer" : "fail")
                            members["expiration"] = reload % 3 == 0 ? .text("never") : .whole(600)
                            members["compressAbove"] = reload % 2 == 0 ? .whole(100) : .text("never")
                            members["dictionaries"] =
                                reload % 5 == 0 ? .members(["texts": .members(["compressAbove": .whole(0)])]) : nil
                            members["connectionsPerServer"] = .whole(1 + reload / 3 % 3)
                            members["maximumRequestsInFlight"] = .whole(4 + reload / 5 % 2 * 60)
                            members["idleCheckInterval"] = .whole(10 + reload / 7)
                        }
                        try await service.until { $0.timeout == .seconds(60 + reload) }
                        if reload % 10 == 3 {
                            try await service.write(#"{"servers": ["#)
                            await service.look()
                        } else if reload % 10 == 6 {
                            try await service.write(#"{"servers": [], "timeout": "soon"}"#)
                            await service.look()
                            while service.messages(.error).count <= reload / 10 {
                                try await Task.sleep(for: .milliseconds(1))
                            }
                        }
                        #expect(service.configuration.timeout == .seconds(60 + reload))
                        if [3, 6].contains(reload % 10) {
                            try await service.write(#"{"servers": ["\#(addresses[0])"], "timeout": 59}"#)
                            try await service.until { $0.timeout == .seconds(59) }
                        }
                        while rounds.withLockedValue({ $0 }) < before + 16, !hasFailed.withLockedValue({ $0 }) {
                            try await Task.sleep(for: .milliseconds(1))
                        }
                    }
                    isOver.withLockedValue { $0 = true }
                    try await group.waitForAll()
                }
                #expect(service.messages(.notice).count >= 60)
                #expect(service.messages(.error).count == 6)
                // Connections that were replaced have closed.
                try await service.save {
                    $0["servers"] = .texts(addresses)
                    $0["connectionsPerServer"] = .whole(1)
                    $0["timeout"] = .whole(58)
                }
                try await service.until { $0.timeout == .seconds(58) }
                for result in await service.client.stats().values {
                    #expect(try result.get()["curr_connections"].flatMap { Int($0) } ?? .max <= 4)
                }
            }
        }
    }

    @Test(arguments: formats)
    func `what is stored after a save has its expiration and its compression`(format: String) async throws {
        try await MemcachedProcess.withMemcached { server in
            let members: [String: SettingValue] = ["servers": .texts([server.address]), "timeout": .whole(60)]
            try await withService(members, format: format) { service in
                let texts = MemcachedDict<String>(service.client, keyPrefix: "texts", codec: .text())
                let long = String(repeating: "x", count: 1_000)
                func size(_ key: String) async throws -> Int? {
                    try await service.client.get("texts:\(key)")?.value.readableBytes
                }
                try await texts.store(long, forKey: "before")
                #expect(try await size("before") == 1_000)
                try await service.save { members in
                    members["timeout"] = .whole(61)
                    members["compressAbove"] = .whole(100)
                    members["dictionaries"] = .members(["texts": .members(["expiration": .whole(2)])])
                }
                try await service.until { $0.timeout == .seconds(61) }
                try await texts.store(long, forKey: "after")
                #expect(try await size("after").map { $0 < 100 } != false)
                for _ in 0..<1_000 where try await size("after") != nil {
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(try await size("after") == nil)
                #expect(try await texts["before"] == long)
            }
        }
    }

    @Test(arguments: formats)
    func `a file that is wrong, half written or gone leaves all as it was, and the log tells what is wrong`(
        format: String
    ) async throws {
        try await MemcachedProcess.withMemcached { server in
            let members: [String: SettingValue] = ["servers": .texts([server.address]), "timeout": .whole(60)]
            try await withService(members, format: format) { service in
                let texts = MemcachedDict<String>(service.client, keyPrefix: "texts", codec: .json())
                try await texts.store("value", forKey: "key")
                let before = service.configuration
                try await service.write(#"{"servers": ["\#(server.address)"], "timeout": -1, "longestKey": 0}"#)
                await service.look()
                while service.messages(.error).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
                let told = service.messages(.error)
                #expect(told.count == 1)
                #expect(
                    told[0].contains("timeout must be positive") && told[0].contains("longestKey must be from 1 to 250")
                )
                #expect(service.configuration == before)
                try await service.write(#"{"servers": ["\#(server.address)"], "timeout": 50, "timout": 1}"#)
                await service.look()
                while service.messages(.error).count < 2 { try await Task.sleep(for: .milliseconds(1)) }
                // A text in a list of metadata has its quotes escaped.
                let unknown = service.messages(.error)[1].replacing("\\", with: "")
                #expect(unknown.contains("'timout' is no setting. The settings are servers, "))
                #expect(service.configuration == before)
                try await service.write(#"{"servers": ["\#(server.address)"], "time"#)
                await service.look()
                try FileManager.default.removeItem(atPath: service.path)
                await service.look()
                #expect(service.configuration == before)
                #expect(try await texts["key"] == "value")
                try SettingsFile(newAt: service.path).save(["servers": .texts([server.address]), "timeout": .whole(30)])
                try await service.until { $0.timeout == .seconds(30) }
                #expect(service.messages(.error).count == 2)
            }
        }
    }

    @Test func `where a file may be missing, its absence is a wrong configuration like any other`() async throws {
        try await MemcachedProcess.withMemcached { server in
            try await withService(["servers": .texts([server.address])], allowMissing: true) { service in
                let before = service.configuration
                try FileManager.default.removeItem(atPath: service.path)
                await service.look()
                while service.messages(.error).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
                #expect(service.messages(.error).first?.contains("is missing; name at least one HOST") == true)
                #expect(service.configuration == before)
            }
        }
    }

    @Test(arguments: formats)
    func `a saved change is seen by the provider's own clock`(format: String) async throws {
        try await MemcachedProcess.withMemcached { server in
            try await withService(["servers": .texts([server.address])], format: format) { service in
                let polling = Task { try await service.poll() }
                try await Task.sleep(for: .milliseconds(10))
                try await service.save { $0["timeout"] = .whole(30) }
                while service.configuration.timeout != .seconds(30) { try await Task.sleep(for: .milliseconds(10)) }
                polling.cancel()
                try? await polling.value
            }
        }
    }
}
#endif
