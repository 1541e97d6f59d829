import MemcachedFraming
import Metrics
import NIOCore
import TestSupport
import Testing
import Tracing

@testable import Memcached

/// A configuration that changes while the client runs. Servers that change have tests of their own.
@Suite(.fewAtATime) struct ApplyingConfigurationTests {
    /// A set with the configured timeout.
    private func set(_ fleet: Fleet) -> Call<String> {
        fleet.call { client in
            do throws(MemcachedError) {
                try await client.set("key", to: ByteBuffer(string: "value"))
                return "stored"
            } catch {
                return "\(error.code)"
            }
        }
    }

    @Test func `another timeout is that of the next call, and a view keeps its own`() throws {
        let fleet = try Fleet { $0.timeout = .seconds(1) }
        defer { fleet.finish() }
        let view = fleet.client.timeout(.seconds(7))
        let dictionary = MemcachedDict<Int>(fleet.client, keyPrefix: "p", codec: .integer())
        let first = set(fleet)
        try fleet.change { $0.timeout = .seconds(3) }
        let second = set(fleet)
        #expect(fleet.client.timeout == .seconds(3) && view.timeout == .seconds(7))
        #expect(dictionary.client.timeout == .seconds(3))
        fleet.advance(.milliseconds(1_000))
        #expect(first.value == "timedOut" && second.value == nil)
        fleet.advance(.milliseconds(1_999))
        #expect(second.value == nil)
        fleet.advance(.milliseconds(1))
        #expect(second.value == "timedOut")
    }

    private static let callsOwn: [@Sendable (inout ClientConfiguration) -> Void] = [
        { $0.timeout = .seconds(9) }, { $0.failurePolicy = .nextServer }, { $0.shutdownTimeout = .zero },
        { $0.batchWindow = 2 }, { $0.batchWindowBytes = 64 }, { $0.dictionaryDefaults.longestKey = 9 },
        { $0.dictionaries["p"] = DictionarySettings(largestValue: 1) }, { $0.servers[0].weight = 2 }, { _ in },
        { $0.initialBackoff = .milliseconds(1) }, { $0.maximumBackoff = .seconds(9) },
        { $0.ejection = ServerEjection() }, { $0.redactsKeysAndValues = true },
    ]

    @Test(arguments: callsOwn.indices)
    func `what isn't the connections' business leaves them alone`(index: Int) throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        try fleet.change(Self.callsOwn[index])
        fleet.settle()
        #expect(fleet.transport.count == 0 && wire.isOpen)
    }

    @Test func `backends that can't be compared stay, and change nothing`() throws {
        let fleet = try Fleet {
            $0.observability.tracer = NoOpTracer()
            $0.observability.metricsFactory = NOOPMetricsHandler.instance
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        try fleet.change { $0.timeout = .seconds(9) }
        try fleet.change { $0.observability = ObservabilityConfiguration() }
        fleet.settle()
        #expect(fleet.client.configuration.observability.tracer is NoOpTracer)
        #expect(fleet.transport.count == 0 && wire.isOpen)
    }

    @Test func `a wrong configuration changes nothing, and names the setting`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        _ = try fleet.accept()
        let before = fleet.client.configuration
        for (words, body) in [
            (
                "timeout",
                {
                    $0.timeout = .zero; $0.batchWindow = 9
                }
            ), ("at least one server", { $0.servers = [] }),
            ("longestKey", { $0.dictionaryDefaults.longestKey = 0 }),
            ("dictionaries.p.largestValue", { $0.dictionaries["p"] = DictionarySettings(largestValue: 0) }),
        ] as [(String, (inout ClientConfiguration) -> Void)] {
            let error = #expect(throws: MemcachedError.self) { try fleet.change(body) }
            #expect(error?.code == .invalidArgument && error?.message.contains(words) == true)
        }
        #expect(fleet.client.configuration == before && fleet.transport.count == 0)
        _ = fleet.call { await $0.shutdown() }
        let error = #expect(throws: MemcachedError.self) { try fleet.change { $0.timeout = .seconds(9) } }
        #expect(error?.code == .clientClosed)
    }

    @Test func `the shutdown's time is the one that is configured then`() throws {
        let fleet = try Fleet { $0.connection.stallTimeout = .seconds(60) }
        let run = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.set("key", timeout: .seconds(60))
        #expect(try wire.requests().count == 1)
        try fleet.change { $0.shutdownTimeout = .seconds(9) }
        _ = fleet.call { await $0.shutdown() }
        fleet.advance(.milliseconds(8_999))
        #expect(run.value == nil)
        fleet.advance(.milliseconds(1))
        #expect(run.value == "ended" && call.value == "outcomeUnknown")
        fleet.finish()
    }

    @Test func `changes are told by their settings, without what is secret`() throws {
        var before = ClientConfiguration(servers: [MemcachedServer(.host("cache-1"))])
        before.connection.credentials = SASLCredentials(user: "ada", password: "hush")
        var after = before
        #expect(after.changes(since: before).isEmpty)
        after.timeout = .milliseconds(500)
        after.servers.append(MemcachedServer(.host("cache-2")))
        after.connection.credentials = SASLCredentials(user: "ada", password: "tell")
        after.dictionaries["sessions"] = DictionarySettings(expiration: .after(.seconds(60)))
        let texts = after.changes(since: before).map(\.description)
        #expect(
            texts == [
                "servers: cache-1:11211 -> cache-1:11211, cache-2:11211", "timeout: 2 -> 0.5",
                "dictionaries.sessions.expiration: unset -> 60", "saslPassword: another one",
            ]
        )
    }

    #if TLS
    @Test func `TLS is the same where its files hold the same`() throws {
        let one = try TLSOptions(serverName: "cache.example")
        #expect(try one == TLSOptions(serverName: "cache.example"))
        #expect(try one != TLSOptions(serverName: "other.example"))
        #expect(try one != TLSOptions.unverified())
    }
    #endif

    @Test func `credentials are compared by their bytes`() {
        let composed = SASLCredentials(user: "ada", password: "caf\u{E9}")
        #expect(composed == SASLCredentials(user: "ada", password: "caf\u{E9}"))
        #expect(composed != SASLCredentials(user: "ada", password: "cafe\u{301}"))
    }
}
