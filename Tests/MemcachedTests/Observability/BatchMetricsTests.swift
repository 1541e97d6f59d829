import InMemoryTracing
import MemcachedFraming
import MetricsTestKit
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct BatchMetricsTests {
    private let listeners = Listeners()

    @Test func `a batch is timed at each of its servers, where its hits and misses are counted`() throws {
        let fleet = try listeners.fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        let wires = [try fleet.accept(), try fleet.accept()]
        let keys = (0..<40).map { "key-\($0)" }
        let own = try keys.filter { try fleet.client.server(for: $0).index == 0 }
        let others = keys.filter { !own.contains($0) }
        let call = fleet.getMany(keys)
        try wires[0].answerBatch(wires[0].requests(), hits: Set(own))
        fleet.advance(.milliseconds(40))
        // A proxy may tell a miss that a server is silent about.
        try wires[1].answerBatch(wires[1].requests(), hits: [others[0]], others: .keyNotFound)
        #expect(call.value?.filter { $0 == "miss" }.count == others.count - 1)
        #expect(listeners.durations(server: 1) == ["BATCH GET": [0]])
        #expect(listeners.durations(server: 2) == ["BATCH GET": [40]])
        #expect(try listeners.total(.hits, server: 1) == Int64(own.count))
        #expect(try listeners.total(.misses, server: 1) == 0)
        #expect(try listeners.total(.hits, server: 2) == 1)
        #expect(try listeners.total(.misses, server: 2) == Int64(others.count - 1))
    }

    @Test func `a batch of one key is no batch`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.getMany(["a"])
        try wire.answerBatch(wire.requests(), hits: [])
        #expect(call.value == ["miss"])
        #expect(listeners.durations() == ["GET": [0]])
        #expect(try listeners.total(.misses) == 1)
    }

    @Test func `conflicts and refusals of a batch are counted each, and its error is the first one's`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.call { client in
            let item = StoreItem(value: ByteBuffer(string: "1"))
            let items = ["a", "b", "c", "d"].map { ($0, (item: item, expecting: ItemVersion(cas: 5))) }
            let results = await client.compareAndSwapMany(Dictionary(uniqueKeysWithValues: items))
            return results.values.filter { (try? $0.get()) == .conflict }.count
        }
        let requests = try wire.requests()
        try wire.answer([requests[0]], .keyExists)
        try wire.answer([requests[1]], .outOfMemory)
        try wire.answer([requests[2]], .keyExists)
        try wire.answer([requests[3], requests[4]])
        #expect(call.value == 2)
        #expect(try listeners.total(.conflicts) == 2)
        #expect(listeners.durations() == ["BATCH CAS/outOfMemory": [0]])
    }

    @Test func `each round trip of a large batch is timed, and its windows are under way`() throws {
        let fleet = try listeners.fleet { $0.batchWindow = 2 }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.getMany(["a", "b", "c"])
        let meter = try listeners.metrics.expectMeter(ClientMetric.activeRequests.name, Listeners.dimensions())
        #expect(meter.values == [1, 2])
        try wire.answerBatch(wire.requests(), hits: ["a", "b", "c"])
        #expect(call.value?.contains("miss") == false)
        #expect(meter.lastValue == 0)
        #expect(listeners.durations() == ["BATCH GET": [0, 0]])
        #expect(try listeners.total(.hits) == 3)
    }

    @Test func `a batch that is sent again counts its requests as retries`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept()
        fleet.advance(.seconds(1))
        let call = fleet.getMany(["a", "b", "c"])
        #expect(try first.requests().count == 4)
        try first.hangUp()
        let second = try fleet.accept()
        try second.answerBatch(second.requests(), hits: ["a"])
        #expect(call.value == ["value of a", "miss", "miss"])
        #expect(try listeners.total(.retries) == 3)
        #expect(try listeners.total(.misses) == 2)
        #expect(listeners.durations() == ["BATCH GET": [0]])
    }

    @Test func `a batch that times out has its error, and no misses`() throws {
        let fleet = try listeners.fleet { $0.timeout = .milliseconds(70) }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.getMany(["a", "b"])
        #expect(try wire.requests().count == 3)
        fleet.advance(.milliseconds(70))
        #expect(call.value == ["timedOut", "timedOut"])
        #expect(listeners.durations() == ["BATCH GET/timedOut": [70]])
        #expect(try listeners.total(.misses) == 0)
    }
}
