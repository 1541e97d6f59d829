import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// What connections are made with changes, or their number, while the client runs.
@Suite(.fewAtATime) struct ReplacingConnectionsTests {
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
        try fleet.change(Self.connections[index])
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
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
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
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
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
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
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
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
        fleet.settle()
        #expect(fleet.transport.count == 1)
        try fleet.refuse()
        let failing = fleet.get("key")
        #expect(failing.outcome == "connectionFailed")
        // What speaks against the server may have been the settings.
        try fleet.change { $0.connection.itemSizeLimit = 8_192 }
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
        try fleet.change {
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
        try fleet.change { $0.initialBackoff = .seconds(1) }
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
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
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
        try fleet.change { $0.connectionsPerServer = 3 }
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
        try fleet.change { $0.connectionsPerServer = 1 }
        #expect(wires.allSatisfy(\.isOpen) && fleet.transport.count == 0)
        let last = fleet.getMany(keys)
        for (wire, requests) in zip(wires, requests) { try wire.answer(requests) }
        #expect(sent.value == keys.map { "value of \($0)" })
        try first.answer(first.requests())
        #expect(last.value == keys.map { "value of \($0)" })
        #expect(wires.map(\.isOpen) == [true, false, false])
    }

    @Test func `other bounds on what is in flight hold from the next connection on, and fail no batch before`() throws {
        let fleet = try Fleet {
            $0.connection.maximumRequestsInFlight = 16
            $0.connection.overloadPolicy = .fail
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        try fleet.change { $0.connection.maximumRequestsInFlight = 4_096 }
        try fleet.refuse()
        let call = fleet.get("key")
        let requests = try old.requests()
        let keys = (0..<100).map { "key-\($0)" }
        let batch = fleet.getMany(keys)
        try old.answer(requests)
        #expect(call.outcome == "value of key")
        while batch.value == nil {
            let requests = try old.requests()
            try #require((1...16).contains(requests.count))
            try old.answer(requests)
        }
        #expect(batch.value == keys.map { "value of \($0)" })
    }

    @Test func `a batch that was divided by wider bounds waits for room under narrower ones`() throws {
        let fleet = try Fleet { $0.connection.overloadPolicy = .fail }
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        let keys = (0..<100).map { "key-\($0)" }
        let batch = fleet.getMany(keys)
        #expect(try old.requests().count > 100)
        try fleet.change { $0.connection.maximumRequestsInFlight = 16 }
        let new = try fleet.accept()
        let call = fleet.get("key")
        let requests = try new.requests()
        try old.hangUp()
        #expect(batch.value == nil)
        try new.answer(requests)
        #expect(call.outcome == "value of key")
        try new.answer(new.requests())
        #expect(batch.value == keys.map { "value of \($0)" })
    }

    @Test func `more connections and other ones at once fail nothing`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        let keys = (0..<20).map { "key-\($0)" }
        try fleet.change {
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
        try fleet.change { $0.connectionsPerServer = 2 }
        try fleet.refuse()
        try ask(first)
        try first.hangUp()
        let waiting = fleet.getMany(keys)
        #expect(waiting.value == nil)
        // The pause of the second one isn't over yet.
        let second = try fleet.accept()
        try second.answer(second.requests())
        #expect(waiting.value == keys.map { "value of \($0)" })
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
        let third = try fleet.accept()
        try fleet.refuse()
        #expect(!second.isOpen)
        try ask(third)
    }

    @Test func `a call that waits for a connection waits for the one by the new settings`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.set("key")
        let noop = fleet.call { await $0.noop() }
        let ping = fleet.call { await $0.ping().count }
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
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
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
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
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
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
        try fleet.change { $0.connection.itemSizeLimit = 4_096 }
        let new = try fleet.accept()
        fleet.finish()
        #expect(!old.isOpen && !new.isOpen && sent.value == "outcomeUnknown")
    }
}
