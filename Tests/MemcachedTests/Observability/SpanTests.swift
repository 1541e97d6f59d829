import InMemoryTracing
import MemcachedFraming
import NIOCore
import TestSupport
import Testing
import Tracing

@testable import Memcached

@Suite(.fewAtATime) struct SpanTests {
    private let listeners = Listeners()

    private func connected(
        configure: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> (fleet: Fleet, wire: Wire) {
        let fleet = try listeners.fleet(configure: configure)
        _ = fleet.run()
        return (fleet, try fleet.accept())
    }

    private func onlySpan() throws -> FinishedInMemorySpan {
        #expect(listeners.spans.count == 1)
        #expect(listeners.tracer.activeSpans.isEmpty)
        return try #require(listeners.spans.first)
    }

    @Test func `a call is a client's span, which names its command and its server`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let call = fleet.get("a")
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
        let span = try onlySpan()
        #expect(span.operationName == "GET cache-1:11211")
        #expect(span.kind == .client)
        #expect(
            span.texts == [
                "db.system.name": "memcached", "db.operation.name": "GET", "server.address": "cache-1",
                "server.port": "11211", "network.peer.address": "127.0.0.1", "network.peer.port": "11211",
            ]
        )
        #expect(span.status == nil)
        #expect(span.errors.isEmpty)
    }

    @Test func `a miss and a conflict have their status, and are no errors`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let miss = fleet.get("a")
        try wire.answer(wire.requests(), .keyNotFound)
        #expect(miss.outcome == "miss")
        let conflict = fleet.call {
            try? await $0.compareAndSwap("a", to: ByteBuffer(string: "1"), expecting: ItemVersion(cas: 5))
        }
        try wire.answer(wire.requests(), .keyExists)
        #expect(conflict.value == .conflict)
        #expect(listeners.spans.map(\.texts["db.response.status_code"]) == ["0x0001", "0x0002"])
        #expect(listeners.spans.map(\.operationName) == ["GET cache-1:11211", "CAS cache-1:11211"])
        for span in listeners.spans {
            #expect(span.status == nil)
            #expect(span.errors.isEmpty)
            #expect(span.texts["error.type"] == nil)
        }
    }

    @Test func `a refusal has its status, its error and its message`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let call = fleet.set("a")
        try wire.answer(wire.requests(), .outOfMemory)
        #expect(call.value == "outOfMemory")
        let span = try onlySpan()
        #expect(span.texts["db.response.status_code"] == "0x0082")
        #expect(span.texts["error.type"] == "outOfMemory")
        #expect(span.status?.code == .error)
        #expect(span.status?.message?.contains("no memory for the item") == true)
        #expect(span.errors.map { ($0.error as? MemcachedError)?.code } == [.outOfMemory])
    }

    @Test func `a call without a reply has its error, and no status of a server`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let call = fleet.get("a", timeout: .milliseconds(5))
        #expect(try wire.requests().count == 1)
        fleet.advance(.milliseconds(5))
        #expect(call.outcome == "timedOut")
        let span = try onlySpan()
        #expect(span.texts["error.type"] == "timedOut")
        #expect(span.texts["db.response.status_code"] == nil)
        #expect(span.texts["network.peer.address"] == nil)
        #expect(span.status?.code == .error)
        #expect(span.errors.count == 1)
    }

    @Test func `a call that never reaches the network has no span`() throws {
        let (fleet, _) = try connected()
        defer { fleet.finish() }
        let long = String(repeating: "k", count: 251)
        #expect(fleet.get(long).outcome == "invalidKey")
        #expect(fleet.getMany([]).value == [])
        #expect(listeners.spans.isEmpty)
        #expect(listeners.tracer.activeSpans.isEmpty)
    }

    /// Two servers, of which the first refuses connections and the other answers in its place.
    private func failedOver() throws -> (fleet: Fleet, other: Wire) {
        let fleet = try listeners.fleet(servers: 2) { $0.failurePolicy = .nextServer }
        _ = fleet.run()
        try fleet.refuse()
        return (fleet, try fleet.accept(peer: "10.0.0.2"))
    }

    @Test func `a call that another server has answered names that one`() throws {
        let (fleet, other) = try failedOver()
        defer { fleet.finish() }
        let call = fleet.get(try fleet.key(on: 0))
        try other.answer(other.requests())
        #expect(call.outcome.hasPrefix("value of"))
        #expect(try onlySpan().texts["server.address"] == "cache-2")
        #expect(try onlySpan().texts["network.peer.address"] == "10.0.0.2")
    }

    @Test func `a span is part of its caller's`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let tracer = listeners.tracer
        let call = fleet.call { client in
            await tracer.withSpan("page") { _ in _ = try? await client.get("a") }
            return true
        }
        try wire.answer(wire.requests())
        #expect(call.value == true)
        let (inner, outer) = (listeners.spans[0], listeners.spans[1])
        #expect(outer.operationName == "page")
        #expect(inner.parentSpanID == outer.spanID)
    }

    @Test func `a call that asks all servers is one span, whose error is the first server's that failed`() throws {
        let fleet = try listeners.fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        let wires = [try fleet.accept(), try fleet.accept()]
        let call = fleet.call { await $0.version().count }
        try wires[0].answer(wires[0].requests())
        try wires[1].answer(wires[1].requests(), .busy)
        #expect(call.value == 2)
        let span = try onlySpan()
        #expect(span.operationName == "VERSION")
        #expect(
            span.texts == [
                "db.system.name": "memcached", "db.operation.name": "VERSION", "error.type": "refused",
            ]
        )
        #expect(span.status?.code == .error)
    }
}

/// Batches.
extension SpanTests {
    @Test func `a batch is one span with its size, and names its server where there is but one`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let call = fleet.getMany(["a", "b", "c"])
        try wire.answerBatch(wire.requests(), hits: ["a"])
        #expect(call.value == ["value of a", "miss", "miss"])
        let span = try onlySpan()
        #expect(span.operationName == "BATCH GET cache-1:11211")
        #expect(span.kind == .client)
        #expect(
            span.texts == [
                "db.system.name": "memcached", "db.operation.name": "BATCH GET", "db.operation.batch.size": "3",
                "server.address": "cache-1", "server.port": "11211", "network.peer.address": "127.0.0.1",
                "network.peer.port": "11211",
            ]
        )
        #expect(span.status == nil)
    }

    @Test func `a batch that another server has answered names that one`() throws {
        let (fleet, other) = try failedOver()
        defer { fleet.finish() }
        let keys = try (0..<100).map { "key-\($0)" }.filter { try fleet.client.server(for: $0).index == 0 }
        let call = fleet.getMany(Array(keys.prefix(2)))
        try other.answerBatch(other.requests(), hits: [])
        #expect(call.value == ["miss", "miss"])
        let span = try onlySpan()
        #expect(span.texts["server.address"] == "cache-2")
        #expect(span.texts["network.peer.address"] == "10.0.0.2")
    }

    @Test func `a batch over several servers is one span without a server`() throws {
        let fleet = try listeners.fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        let wires = [try fleet.accept(), try fleet.accept()]
        let keys = [try fleet.key(on: 0), try fleet.key(on: 1)]
        let call = fleet.getMany(keys)
        for wire in wires { try wire.answerBatch(wire.requests(), hits: Set(keys)) }
        #expect(call.value == keys.map { "value of \($0)" })
        let span = try onlySpan()
        #expect(span.operationName == "BATCH GET")
        #expect(span.texts["server.address"] == nil)
        #expect(span.texts["server.port"] == nil)
        #expect(span.texts["network.peer.address"] == nil)
        #expect(span.texts["db.operation.batch.size"] == "2")
    }

    @Test func `a batch of one key is the call of that key`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let call = fleet.getMany(["a"])
        try wire.answerBatch(wire.requests(), hits: ["a"])
        #expect(call.value == ["value of a"])
        let span = try onlySpan()
        #expect(span.operationName == "GET cache-1:11211")
        #expect(span.texts["db.operation.batch.size"] == nil)
    }

    @Test func `a batch of which a key fails has the error of the first key that did`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let call = fleet.call { client in
            let item = StoreItem(value: ByteBuffer(string: "1"))
            return await client.setMany(["a": item, "b": item, "c": item]).values.filter { (try? $0.get()) != nil }
                .count
        }
        let requests = try wire.requests()
        try wire.answer([requests[1]], .outOfMemory)
        try wire.answer([requests[2]], .busy)
        try wire.answer([requests[3]])
        #expect(call.value == 1)
        let span = try onlySpan()
        #expect(span.operationName == "BATCH SET cache-1:11211")
        #expect(span.texts["error.type"] == "outOfMemory")
        #expect(span.texts["db.response.status_code"] == "0x0082")
        #expect(span.status?.code == .error)
    }

    @Test func `a batch that times out is one error`() throws {
        let (fleet, wire) = try connected { $0.timeout = .milliseconds(9) }
        defer { fleet.finish() }
        let call = fleet.getMany(["a", "b"])
        #expect(try wire.requests().count == 3)
        fleet.advance(.milliseconds(9))
        #expect(call.value == ["timedOut", "timedOut"])
        let span = try onlySpan()
        #expect(span.texts["error.type"] == "timedOut")
        #expect(span.errors.count == 1)
    }
}
