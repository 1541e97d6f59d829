import MemcachedFraming
import Metrics
import NIOCore
import TestSupport
import Testing
import Tracing

@testable import Memcached

/// A configuration that changes while the client runs. Servers that change have tests of their own.
@Suite(.fewAtATime) struct ApplyingConfigurationTests {
    private func change(_ fleet: Fleet, _ body: (inout ClientConfiguration) -> Void) throws {
        var configuration = fleet.client.configuration
        body(&configuration)
        try fleet.client.apply(configuration)
    }

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
        try change(fleet) { $0.timeout = .seconds(3) }
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
        { $0.initialBackoff = .milliseconds(1) }, { $0.maximumBackoff = .seconds(9) }, { $0.ejection = Ejection() },
        { $0.redactsKeysAndValues = true },
    ]

    @Test(arguments: callsOwn.indices)
    func `what isn't the connections' business leaves them alone`(index: Int) throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        try change(fleet, Self.callsOwn[index])
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
        try change(fleet) { $0.timeout = .seconds(9) }
        try change(fleet) { $0.observability = ObservabilityConfiguration() }
        fleet.settle()
        #expect(fleet.client.configuration.observability.tracer is NoOpTracer)
        #expect(fleet.transport.count == 0 && wire.isOpen)
    }

    private static let connections: [@Sendable (inout ClientConfiguration) -> Void] = [
        { $0.connection.connectTimeout = .seconds(9) }, { $0.connection.stallTimeout = .seconds(9) },
        { $0.connection.idleCheckInterval = .seconds(9) }, { $0.connection.busyPollTime = .zero },
        { $0.connection.maximumRequestsInFlight = 9 }, { $0.connection.maximumBytesInFlight = 99 },
        { $0.connection.overloadPolicy = .fail }, { $0.connection.itemSizeLimit = 4_096 },
        { $0.connection.maximumReplyBytes = 2_000_000 }, { $0.connection.maximumBatchReplyBytes = 2_000_000 },
    ]

    @Test(arguments: connections.indices)
    func `what connections are made with replaces them, and the old ones serve until then`(index: Int) throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        let sent = fleet.set("key", timeout: .seconds(60))
        let requests = try old.requests()
        try change(fleet, Self.connections[index])
        let meanwhile = fleet.get("key", timeout: .seconds(60))
        let later = try old.requests()
        #expect(later.count == 1)
        let new = try fleet.accept()
        let next = fleet.get("key", timeout: .seconds(60))
        try new.answer(new.requests())
        #expect(next.outcome == "value of key")
        #expect(old.isOpen && sent.value == nil)
        try old.answer(requests)
        #expect(old.isOpen && sent.value == "stored" && meanwhile.value == nil)
        try old.answer(later)
        #expect(meanwhile.outcome == "value of key")
        #expect(!old.isOpen && new.isOpen)
        #expect(fleet.transport.count == 0)
    }

    @Test func `where no other connection can be made, the old one goes on serving, and it is tried again`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        for wait in [50, 100, 200] {
            try fleet.refuse()
            let call = fleet.get("key")
            try old.answer(old.requests())
            #expect(call.outcome == "value of key")
            fleet.advance(.milliseconds(Int64(wait) - 1))
            #expect(fleet.transport.count == 0)
            fleet.advance(.milliseconds(1))
            #expect(fleet.transport.count == 1)
        }
        let new = try fleet.accept()
        let call = fleet.get("key")
        try new.answer(new.requests())
        #expect(call.outcome == "value of key" && !old.isOpen)
    }

    @Test func `a connection that is lost before its successor is there is replaced at once`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        try fleet.refuse()
        #expect(fleet.transport.count == 0)
        try old.hangUp()
        let call = fleet.get("key")
        #expect(call.outcome == "running")
        let new = try fleet.accept()
        try new.answer(new.requests())
        #expect(call.outcome == "value of key")
    }

    @Test func `an old connection that is lost during the attempt leaves calls to wait for that attempt`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        try old.hangUp()
        let calls = [fleet.get("a"), fleet.get("b")]
        #expect(fleet.transport.count == 1)
        try fleet.refuse()
        #expect(calls.map(\.outcome) == ["connectionFailed", "connectionFailed"])
    }

    @Test func `an attempt goes by what is configured when it begins, and begins anew where that changes`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        fleet.settle()
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        fleet.settle()
        #expect(fleet.transport.count == 1)
        try fleet.refuse()
        let failing = fleet.get("key")
        #expect(failing.outcome == "connectionFailed")
        // What speaks against the server may have been the settings.
        try change(fleet) { $0.connection.itemSizeLimit = 8_192 }
        let waiting = fleet.get("key")
        fleet.settle()
        let attempt = try fleet.transport.next()
        #expect(attempt.configuration.itemSizeLimit == 8_192 && waiting.outcome == "running")
        attempt.continuation.resume(returning: .failure(MemcachedError(.connectionFailed, "refused")))
        fleet.settle()
        #expect(waiting.outcome == "connectionFailed")
    }

    @Test func `other waiting times hold from the next attempt on`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        try change(fleet) {
            $0.initialBackoff = .milliseconds(10)
            $0.maximumBackoff = .milliseconds(15)
        }
        // The first attempt has begun with the times before.
        for wait in [50, 10, 15, 15] as [Int64] {
            try fleet.refuse()
            fleet.advance(.milliseconds(wait - 1))
            #expect(fleet.transport.count == 0)
            fleet.advance(.milliseconds(1))
            #expect(fleet.transport.count == 1)
        }
    }

    @Test func `a server that is waited for is tried at once where the waiting times change`() throws {
        let fleet = try Fleet {
            $0.initialBackoff = .seconds(600)
            $0.maximumBackoff = .seconds(600)
        }
        defer { fleet.finish() }
        _ = fleet.run()
        try fleet.refuse()
        fleet.advance(.seconds(1))
        #expect(fleet.transport.count == 0)
        try change(fleet) { $0.initialBackoff = .seconds(1) }
        fleet.settle()
        #expect(fleet.transport.count == 1)
    }

    @Test func `an attempt that fails when the settings have just changed fails no call that waits`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get("key")
        let attempt = try fleet.transport.next()
        attempt.continuation.resume(returning: .failure(MemcachedError(.authenticationFailed, "wrong password")))
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        fleet.settle()
        #expect(call.outcome == "running" && fleet.transport.count == 1)
        let wire = try fleet.accept()
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of key")
    }

    @Test func `more connections are made while the first one serves all keys; of fewer the first ones stay`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept()
        let keys = (0..<20).map { "key-\($0)" }
        try change(fleet) { $0.connectionsPerServer = 3 }
        let meanwhile = fleet.getMany(keys)
        try first.answer(first.requests())
        #expect(meanwhile.value == keys.map { "value of \($0)" })
        #expect(fleet.client.peakLoads.count == 1)
        let wires = [first, try fleet.accept(), try fleet.accept()]
        let spread = fleet.getMany(keys)
        for wire in wires {
            let requests = try wire.requests()
            #expect(requests.count > 1)
            try wire.answer(requests)
        }
        #expect(spread.value == keys.map { "value of \($0)" })
        let sent = fleet.getMany(keys)
        let requests = try wires.map { try $0.requests() }
        try change(fleet) { $0.connectionsPerServer = 1 }
        #expect(wires.allSatisfy(\.isOpen) && fleet.transport.count == 0)
        let last = fleet.getMany(keys)
        for (wire, requests) in zip(wires, requests) { try wire.answer(requests) }
        #expect(sent.value == keys.map { "value of \($0)" })
        try first.answer(first.requests())
        #expect(last.value == keys.map { "value of \($0)" })
        #expect(wires.map(\.isOpen) == [true, false, false])
    }

    @Test func `more connections and other ones at once fail nothing`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        let keys = (0..<20).map { "key-\($0)" }
        try change(fleet) {
            $0.connectionsPerServer = 2
            $0.connection.itemSizeLimit = 4_096
        }
        let first = try fleet.accept()
        let call = fleet.getMany(keys)
        // What the old one was still lent for waits for the second one.
        try first.answer(first.requests())
        try old.answer(old.requests())
        let second = try fleet.accept()
        try second.answer(second.requests())
        #expect(call.value == keys.map { "value of \($0)" })
        #expect(!old.isOpen && first.isOpen && second.isOpen)
    }

    @Test func `a call that waits for a connection waits for the one by the new settings`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.set("key")
        let noop = fleet.call { await $0.noop() }
        let ping = fleet.call { await $0.ping().count }
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        let wire = try fleet.accept()
        while call.value == nil || noop.value == nil || ping.value == nil {
            let requests = try wire.requests()
            try #require(!requests.isEmpty)
            try wire.answer(requests)
        }
        #expect(call.value == "stored")
        #expect(noop.value?.count == 1 && ping.value == 1)
    }

    @Test func `a version of an old connection can be compared on the new one of the same process`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        let get = fleet.get("key")
        try old.answer(old.requests())
        let version = try #require(try get.value?.get()).version
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        let new = try fleet.accept()
        let swap = fleet.call { client in
            do throws(MemcachedError) {
                let value = ByteBuffer(string: "v")
                return "\(try await client.compareAndSwap("key", to: value, expecting: version))"
            } catch {
                return "\(error.code)"
            }
        }
        #expect(swap.value == nil)
        try new.answer(new.requests())
        #expect(swap.value?.hasPrefix("stored") == true, "\(swap.value ?? "")")
    }

    @Test func `a shutdown waits for the replies of connections that were replaced, and run() for their end`() throws {
        let fleet = try Fleet { $0.connection.stallTimeout = .seconds(60) }
        let run = fleet.run()
        let old = try fleet.accept()
        let sent = fleet.set("key", timeout: .seconds(60))
        let requests = try old.requests()
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        let new = try fleet.accept()
        let shutdown = fleet.call { await $0.shutdown() }
        #expect(!new.isOpen && old.isOpen && run.value == nil && shutdown.value == nil)
        try old.answer(requests)
        #expect(sent.value == "stored" && !old.isOpen)
        #expect(run.value == "ended" && shutdown.value != nil)
        fleet.finish()
    }

    @Test func `cancelling run() closes connections that were replaced`() throws {
        let fleet = try Fleet { $0.connection.stallTimeout = .seconds(60) }
        _ = fleet.run()
        let old = try fleet.accept()
        let sent = fleet.set("key", timeout: .seconds(60))
        #expect(try old.requests().count == 1)
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        let new = try fleet.accept()
        fleet.finish()
        #expect(!old.isOpen && !new.isOpen && sent.value == "outcomeUnknown")
    }

    @Test func `a server that is left out stays so while its connections are replaced, until it answers`() throws {
        let fleet = try Fleet { $0.ejection = Ejection(failures: 1, trialInterval: .seconds(2)) }
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        let slow = fleet.get("key", timeout: .milliseconds(10))
        #expect(try old.requests().count == 1)
        fleet.advance(.milliseconds(10))
        #expect(slow.outcome == "timedOut")
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        #expect(fleet.get("key").outcome == "connectionFailed")
        let new = try fleet.accept()
        let call = fleet.get("key")
        try new.answer(new.requests())
        #expect(call.outcome == "value of key")
    }

    @Test func `with another limit failures are counted anew, and without one no server is left out`() throws {
        let fleet = try Fleet {
            $0.ejection = Ejection(failures: 1, trialInterval: .seconds(2))
            $0.connection.stallTimeout = .seconds(60)
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        func timeOut() throws {
            let slow = fleet.get("key", timeout: .milliseconds(10))
            #expect(try wire.requests().count == 1)
            fleet.advance(.milliseconds(10))
            #expect(slow.outcome == "timedOut")
        }
        try timeOut()
        #expect(fleet.get("key").outcome == "connectionFailed")
        try change(fleet) { $0.ejection = Ejection(failures: 2, trialInterval: .seconds(1)) }
        try timeOut()
        try timeOut()
        #expect(fleet.get("key").outcome == "connectionFailed")
        // Trials are after the interval as it is now.
        fleet.advance(.seconds(1))
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
        fleet.advance(.seconds(1))
        fleet.advance(.milliseconds(999))
        #expect(try wire.requests().isEmpty)
        fleet.advance(.milliseconds(1))
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
        try change(fleet) { $0.ejection = nil }
        for _ in 0..<3 { try timeOut() }
    }

    @Test func `where no more connections can be made, the first one serves all keys, also when it is replaced`() throws
    {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept()
        let keys = (0..<20).map { "key-\($0)" }
        func ask(_ wire: Wire) throws {
            let call = fleet.getMany(keys)
            try wire.answer(wire.requests())
            #expect(call.value == keys.map { "value of \($0)" })
        }
        // So long that it is replaced at once when it is lost.
        fleet.advance(.milliseconds(60))
        try change(fleet) { $0.connectionsPerServer = 2 }
        try fleet.refuse()
        try ask(first)
        try first.hangUp()
        let waiting = fleet.getMany(keys)
        #expect(waiting.value == nil)
        // The pause of the second one isn't over yet.
        let second = try fleet.accept()
        try second.answer(second.requests())
        #expect(waiting.value == keys.map { "value of \($0)" })
        try change(fleet) { $0.connection.itemSizeLimit = 4_096 }
        let third = try fleet.accept()
        try fleet.refuse()
        #expect(!second.isOpen)
        try ask(third)
    }

    @Test func `a trial that is due is made although the number of connections has changed`() throws {
        let fleet = try Fleet {
            $0.ejection = Ejection(failures: 1, trialInterval: .seconds(2))
            $0.connection.stallTimeout = .seconds(60)
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        try change(fleet) { $0.connectionsPerServer = 2 }
        let second = try fleet.accept()
        let slow = fleet.getMany((0..<20).map { "key-\($0)" })
        #expect(try wire.requests().count > 1)
        #expect(try second.requests().count > 1)
        fleet.advance(.seconds(2))
        #expect(slow.value?.contains("timedOut") == true)
        #expect(fleet.get("key").outcome == "connectionFailed")
        try change(fleet) { $0.connectionsPerServer = 1 }
        fleet.advance(.seconds(2))
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
    }

    @Test func `a trial that is due is made after another interval where that changes`() throws {
        let fleet = try Fleet { $0.ejection = Ejection(failures: 1, trialInterval: .seconds(3_600)) }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let slow = fleet.get("key", timeout: .milliseconds(10))
        #expect(try wire.requests().count == 1)
        fleet.advance(.milliseconds(10))
        #expect(slow.outcome == "timedOut")
        try change(fleet) { $0.ejection?.trialInterval = .seconds(1) }
        fleet.advance(.milliseconds(999))
        #expect(try wire.requests().isEmpty)
        fleet.advance(.milliseconds(1))
        #expect(try wire.requests().map(\.header.opcode) == [.noop])
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
            let error = #expect(throws: MemcachedError.self) { try change(fleet, body) }
            #expect(error?.code == .invalidArgument && error?.message.contains(words) == true)
        }
        #expect(fleet.client.configuration == before && fleet.transport.count == 0)
        _ = fleet.call { await $0.shutdown() }
        let error = #expect(throws: MemcachedError.self) { try change(fleet) { $0.timeout = .seconds(9) } }
        #expect(error?.code == .clientClosed)
    }

    @Test func `the shutdown's time is the one that is configured then`() throws {
        let fleet = try Fleet { $0.connection.stallTimeout = .seconds(60) }
        let run = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.set("key", timeout: .seconds(60))
        #expect(try wire.requests().count == 1)
        try change(fleet) { $0.shutdownTimeout = .seconds(9) }
        _ = fleet.call { await $0.shutdown() }
        fleet.advance(.milliseconds(8_999))
        #expect(run.value == nil)
        fleet.advance(.milliseconds(1))
        #expect(run.value == "ended" && call.value == "outcomeUnknown")
        fleet.finish()
    }

    @Test func `changes are told by their settings, without what is secret`() throws {
        var before = ClientConfiguration(servers: [MemcachedServer(.host("cache-1"))])
        before.connection.credentials = Credentials(user: "ada", password: "hush")
        var after = before
        #expect(after.changes(since: before).isEmpty)
        after.timeout = .milliseconds(500)
        after.servers.append(MemcachedServer(.host("cache-2")))
        after.connection.credentials = Credentials(user: "ada", password: "tell")
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
        let composed = Credentials(user: "ada", password: "caf\u{E9}")
        #expect(composed == Credentials(user: "ada", password: "caf\u{E9}"))
        #expect(composed != Credentials(user: "ada", password: "cafe\u{301}"))
    }
}
