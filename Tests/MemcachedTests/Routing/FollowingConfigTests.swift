#if Configuration
import Configuration
import InMemoryLogging
import InMemoryTracing
import Logging
import Memcached
import MemcachedTesting
import MetricsTestKit
import NIOCore
import TestSupport
import Testing

/// A client whose configuration is read from a provider that changes.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct FollowingConfigTests {
    private struct Followed {
        let client: MemcachedClient
        let provider: MutableInMemoryProvider
        let log: InMemoryLogHandler
        let server: MemcachedTestServer

        func set(_ content: ConfigContent?, _ key: AbsoluteConfigKey) {
            provider.setValue(content.map { ConfigValue($0, isSecret: false) }, forKey: key)
        }

        func messages(_ level: Logger.Level) -> [String] {
            log.entries.filter { $0.level == level }.map { "\($0.message) \($0.metadata)" }
        }

        /// Waits until the client has seen a change.
        func until(_ isSeen: (MemcachedClient.Configuration) -> Bool) async throws {
            while !isSeen(client.configuration) { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    private func withFollowed(_ body: (Followed) async throws -> Void) async throws {
        try await withMemcachedTestServer { server in
            let provider = MutableInMemoryProvider(initialValues: [
                "servers": ConfigValue(.stringArray([server.address]), isSecret: false),
                "timeout": ConfigValue(.int(60), isSecret: false),
            ])
            let log = InMemoryLogHandler()
            try await withMemcachedClient(
                config: ConfigReader(provider: provider),
                dictionaries: ["sessions"],
                logger: Logger(label: "test") { _ in log }
            ) { client in
                try await body(Followed(client: client, provider: provider, log: log, server: server))
            }
        }
    }

    @Test func `a change takes effect, and is told once`() async throws {
        try await withFollowed { followed in
            let sessions = MemcachedDict<String>(followed.client, keyPrefix: "sessions", codec: .text())
            followed.set(.int(600), AbsoluteConfigKey(["dictionaries", "sessions", "expiration"]))
            try await followed.until { $0.dictionaries["sessions"]?.expiration == .after(.seconds(600)) }
            try await sessions.store("value", forKey: "ada")
            #expect(followed.server.item(forKey: "sessions:ada")?.remainingLifetime == .seconds(600))
            followed.set(.int(61), "timeout")
            try await followed.until { $0.timeout == .seconds(61) }
            // It is told after it has taken effect.
            while followed.messages(.notice).count < 2 { try await Task.sleep(for: .milliseconds(1)) }
            let told = followed.messages(.notice)
            #expect(told.count == 2)
            #expect(told.first?.contains("dictionaries.sessions.expiration: unset -> 600") == true, "\(told)")
            #expect(told.last?.contains("timeout: 60 -> 61") == true, "\(told)")
        }
    }

    @Test func `what is wrong leaves all as it was, and is told once with the key and what it takes`() async throws {
        try await withFollowed { followed in
            followed.set(.string("soon"), "timeout")
            while followed.messages(.error).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            #expect(followed.client.configuration.timeout == .seconds(60))
            try await followed.client.set("key", to: ByteBuffer(string: "value"))
            // A change of something else, while the wrong one is still there, is not applied by half.
            followed.set(.int(7), "batchWindow")
            followed.set(.int(62), "timeout")
            try await followed.until { $0.timeout == .seconds(62) && $0.batchWindow == 7 }
            let errors = followed.messages(.error)
            #expect(errors.count == 1)
            #expect(
                errors.first?.contains("timeout") == true && errors.first?.contains("takes a number of seconds") == true
            )
            followed.set(nil, "servers")
            while followed.messages(.error).count < 2 { try await Task.sleep(for: .milliseconds(1)) }
            #expect(followed.messages(.error).last?.contains("is missing; name at least one HOST") == true)
            #expect(try await followed.client.get("key") != nil)
        }
    }

    @Test func `what the service has set itself lasts until the next change`() async throws {
        try await withFollowed { followed in
            var configuration = followed.client.configuration
            configuration.timeout = .seconds(70)
            try followed.client.apply(configuration)
            // The same as it was.
            followed.set(.int(60), "timeout")
            followed.set(.string("soon"), "batchWindow")
            while followed.messages(.error).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            #expect(followed.client.configuration.timeout == .seconds(70))
            followed.set(.int(5), "batchWindow")
            try await followed.until { $0.batchWindow == 5 }
            #expect(followed.client.configuration.timeout == .seconds(60))
        }
    }

    @Test func `a password that changes is told without it`() async throws {
        try await withFollowed { followed in
            followed.set(.string("hush"), "saslPassword")
            while followed.messages(.error).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            followed.set(.string("ada"), "saslUser")
            try await followed.until { $0.connection.credentials != nil }
            let all = followed.log.entries.map { "\($0.message) \($0.metadata)" }
            #expect(!all.contains { $0.contains("hush") })
        }
    }

    @Test func `the client ends though the provider goes on, and follows no more`() async throws {
        let provider = MutableInMemoryProvider(initialValues: [
            "servers": ConfigValue(.stringArray(["127.0.0.1:1"]), isSecret: false)
        ])
        let client = try MemcachedClient(config: ConfigReader(provider: provider))
        let run = Task { try await client.run() }
        await client.shutdown()
        try await run.value
        provider.setValue(ConfigValue(.int(9), isSecret: false), forKey: "timeout")
        #expect(client.configuration.timeout == .seconds(2))
        let cancelled = try MemcachedClient(config: ConfigReader(provider: provider))
        let task = Task { try await cancelled.run() }
        task.cancel()
        try await task.value
    }

    @Test
    func `the client tells those that it was given, whatever is read, and spans show keys where the settings say so`()
        async throws
    {
        try await withMemcachedTestServer { server in
            let (metrics, tracer) = (TestMetrics(), InMemoryTracer())
            var observability = ObservabilityConfiguration()
            (observability.metricsFactory, observability.tracer) = (metrics, tracer)
            observability.spansShowKeys = true
            let provider = MutableInMemoryProvider(initialValues: [
                "servers": ConfigValue(.stringArray([server.address]), isSecret: false),
                "timeout": ConfigValue(.int(60), isSecret: false),
            ])
            try await withMemcachedClient(config: ConfigReader(provider: provider), observability: observability) {
                client in
                var kept = client.configuration.observability
                #expect(kept.metricsFactory as? TestMetrics === metrics && kept.tracer is InMemoryTracer)
                #expect(kept.spansShowKeys)
                provider.setValue(ConfigValue(.int(61), isSecret: false), forKey: "timeout")
                while client.configuration.timeout != .seconds(61) { try await Task.sleep(for: .milliseconds(1)) }
                kept = client.configuration.observability
                #expect(kept.metricsFactory as? TestMetrics === metrics && kept.tracer is InMemoryTracer)
                #expect(kept.spansShowKeys)
                // Applied without them, they stay as well.
                var configuration = client.configuration
                configuration.observability = ObservabilityConfiguration()
                try client.apply(configuration)
                #expect(client.configuration.observability.metricsFactory as? TestMetrics === metrics)
                #expect(client.configuration.observability.spansShowKeys == false)
                provider.setValue(ConfigValue(.bool(false), isSecret: false), forKey: "spansShowKeys")
                provider.setValue(ConfigValue(.int(62), isSecret: false), forKey: "timeout")
                while client.configuration.timeout != .seconds(62) { try await Task.sleep(for: .milliseconds(1)) }
                #expect(client.configuration.observability.spansShowKeys == false)
                _ = try await client.get("key")
                #expect(tracer.finishedSpans.count == 1)
                #expect(metrics.counterTotal(label: "memcached.client.misses") == 1)
            }
        }
    }

    @Test func `a configuration that is wrong from the start is an error`() {
        let provider = MutableInMemoryProvider(initialValues: [:])
        let error = #expect(throws: MemcachedError.self) {
            try MemcachedClient(config: ConfigReader(provider: provider))
        }
        #expect(error?.code == .invalidArgument)
    }
}
#endif
