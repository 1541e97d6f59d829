import InMemoryTracing
import MemcachedFraming
import Metrics
import MetricsTestKit
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct CallMetricsTests {
    private let listeners = Listeners()

    private func connected(
        configure: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> (fleet: Fleet, wire: Wire) {
        let fleet = try listeners.fleet(configure: configure)
        _ = fleet.run()
        return (fleet, try fleet.accept())
    }

    @Test func `a call is timed from its start to its reply, in seconds`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let call = fleet.get("a")
        fleet.advance(.milliseconds(250))
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
        let timer = try listeners.metrics.expectTimer(
            "db.client.operation.duration",
            Listeners.dimensions() + [("db.operation.name", "GET")]
        )
        #expect(timer.values == [250_000_000])
        #expect(timer.displayUnit == .seconds)
        #expect(timer.valueInPreferredUnit(atIndex: 0) == 0.25)
    }

    @Test func `hits and misses are counted, of gets alone, and a miss is no error`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        for hit in [true, false, false] {
            let call = fleet.get("a")
            let requests = try wire.requests()
            if hit { try wire.answer(requests) } else { try wire.answer(requests, .keyNotFound) }
            #expect(call.outcome == (hit ? "value of a" : "miss"))
        }
        let touched = fleet.call { try? await $0.getAndTouch("a", expiration: .never) == nil }
        try wire.answer(wire.requests(), .keyNotFound)
        #expect(touched.value == true)
        let deleted = fleet.call { try? await $0.delete("a") }
        try wire.answer(wire.requests(), .keyNotFound)
        #expect(deleted.value == false)
        #expect(try listeners.total(.hits) == 1)
        #expect(try listeners.total(.misses) == 3)
        #expect(listeners.durations() == ["GET": [0, 0, 0], "GAT": [0], "DELETE": [0]])
    }

    @Test func `a call that times out, and one that the server refuses, are timed with their error`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let late = fleet.get("a", timeout: .milliseconds(100))
        fleet.advance(.milliseconds(100))
        #expect(late.outcome == "timedOut")
        #expect(try wire.requests().count == 1)
        let unknown = fleet.set("a", timeout: .milliseconds(20))
        fleet.advance(.milliseconds(20))
        #expect(unknown.value == "outcomeUnknown")
        #expect(try wire.requests().count == 1)
        #expect(
            listeners.durations() == ["GET/timedOut": [100], "SET/outcomeUnknown": [20]]
        )
        #expect(listeners.metrics.counterTotal(label: ClientMetric.misses.name) == 0)
    }

    @Test func `a server's refusal is the error of its kind`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let call = fleet.set("a")
        try wire.answer(wire.requests(), .outOfMemory)
        #expect(call.value == "outOfMemory")
        #expect(listeners.durations() == ["SET/outOfMemory": [0]])
        let statuses = listeners.metrics.timers.flatMap(\.dimensions).filter { $0.0 == "db.response.status_code" }
        #expect(statuses.map(\.1) == ["0x0082"])
    }

    @Test func `statuses that nobody knows make no series of their own`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        for number in UInt16(0x1000)..<0x1010 {
            let call = fleet.set("a")
            try wire.answer(wire.requests(), Status(rawValue: number))
            #expect(call.value == "refused")
        }
        #expect(listeners.metrics.timers.count { $0.label == ClientMetric.operationDuration.name } == 1)
        #expect(listeners.durations() == ["SET/refused": Array(repeating: 0, count: 16)])
    }

    @Test func `a server that can't be reached is the error of its calls`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        try fleet.refuse()
        #expect(fleet.get("a").outcome == "connectionFailed")
        #expect(listeners.durations() == ["GET/connectionFailed": [0]])
    }

    @Test func `conflicts of compare-and-swaps and removals are counted, and are no errors`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let swap = fleet.call {
            try? await $0.compareAndSwap("a", to: ByteBuffer(string: "1"), expecting: ItemVersion(cas: 5))
        }
        try wire.answer(wire.requests(), .keyExists)
        #expect(swap.value == .conflict)
        let removal = fleet.call { try? await $0.delete("a", expecting: ItemVersion(cas: 5)) }
        try wire.answer(wire.requests(), .keyExists)
        #expect(removal.value == .conflict)
        let added = fleet.call { try? await $0.add("a", value: ByteBuffer(string: "1")) }
        try wire.answer(wire.requests(), .keyExists)
        #expect(added.value == .exists)
        #expect(try listeners.total(.conflicts) == 2)
        #expect(listeners.durations() == ["CAS": [0], "DELETE": [0], "ADD": [0]])
    }

    @Test func `calls under way are shown, and those that have ended are not`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        let calls = [fleet.get("a"), fleet.get("b", timeout: .milliseconds(10))]
        let meter = try listeners.metrics.expectMeter(ClientMetric.activeRequests.name, Listeners.dimensions())
        #expect(meter.values == [1, 2])
        fleet.advance(.milliseconds(10))
        #expect(meter.values == [1, 2, 1])
        try wire.answer(wire.requests())
        #expect(calls.map(\.outcome) == ["value of a", "timedOut"])
        #expect(meter.values == [1, 2, 1, 0])
    }

    @Test func `what is sent again is counted at the server that failed it`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        fleet.advance(.seconds(1))
        let call = fleet.get("a")
        #expect(try wire.requests().count == 1)
        try wire.hangUp()
        let second = try fleet.accept()
        try second.answer(second.requests())
        #expect(call.outcome == "value of a")
        #expect(try listeners.total(.retries) == 1)
        #expect(listeners.durations() == ["GET": [0]])
    }

    @Test func `what goes to another server is counted as a retry of the first and a call of the second`() throws {
        let fleet = try listeners.fleet(servers: 2) { $0.failurePolicy = .nextServer }
        defer { fleet.finish() }
        _ = fleet.run()
        try fleet.refuse()
        let other = try fleet.accept()
        let call = fleet.get(try fleet.key(on: 0))
        try other.answer(other.requests())
        #expect(call.outcome.hasPrefix("value of"))
        #expect(try listeners.total(.retries, server: 1) == 1)
        #expect(try listeners.total(.retries, server: 2) == 0)
        #expect(listeners.durations(server: 1).isEmpty)
        #expect(listeners.durations(server: 2) == ["GET": [0]])
        #expect(try listeners.total(.hits, server: 2) == 1)
    }

    @Test func `what was not sent before is no retry`() throws {
        let (fleet, wire) = try connected()
        defer { fleet.finish() }
        fleet.advance(.seconds(1))
        wire.setWritable(false)
        let call = fleet.set("a")
        try wire.hangUp()
        let second = try fleet.accept()
        try second.answer(second.requests())
        #expect(call.value == "stored")
        #expect(try listeners.total(.retries) == 0)
    }

    @Test func `a request that is sent to another server, since its own can't be reached again, is one retry`() throws {
        let fleet = try listeners.fleet(servers: 2) { $0.failurePolicy = .nextServer }
        defer { fleet.finish() }
        _ = fleet.run()
        let wires = [try fleet.accept(), try fleet.accept()]
        fleet.advance(.seconds(1))
        let key = try fleet.key(on: 0)
        let call = fleet.get(key)
        let batch = fleet.getMany([key])
        #expect(try wires[0].requests().count == 3)
        try wires[0].hangUp()
        #expect(try listeners.total(.retries, server: 1) == 0)
        try fleet.refuse()
        while call.value == nil || batch.value == nil {
            let requests = try wires[1].requests()
            try #require(!requests.isEmpty)
            try wires[1].answer(requests)
        }
        #expect(call.outcome == "value of \(key)")
        #expect(batch.value == ["value of \(key)"])
        #expect(try listeners.total(.retries, server: 1) == 2)
        #expect(try listeners.total(.retries, server: 2) == 0)
    }

    @Test func `a request that no server takes any more is no retry`() throws {
        let fleet = try listeners.fleet(servers: 2) { $0.failurePolicy = .nextServer }
        defer { fleet.finish() }
        _ = fleet.run()
        try fleet.refuse()
        try fleet.refuse()
        let key = try fleet.key(on: 0)
        #expect(fleet.get(key).outcome == "connectionFailed")
        #expect(fleet.getMany([key]).value == ["connectionFailed"])
        for server in 1...2 { #expect(try listeners.total(.retries, server: server) == 0) }
    }

    @Test func `what waits for connections that are replaced is neither a retry nor an error`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.set("a")
        let batch = fleet.getMany(["a", "b"])
        let noop = fleet.call { await $0.noop().count }
        let stats = fleet.call { await $0.stats().count }
        fleet.advance(.milliseconds(10))
        var configuration = fleet.client.configuration
        configuration.connection.itemSizeLimit = 4_096
        try fleet.client.apply(configuration)
        let wire = try fleet.accept()
        while call.value == nil || batch.value == nil || noop.value == nil || stats.value == nil {
            let requests = try wire.requests()
            try #require(!requests.isEmpty)
            try wire.answer(requests)
        }
        #expect(call.value == "stored" && noop.value == 1 && stats.value == 1)
        #expect(batch.value == ["value of a", "value of b"])
        #expect(listeners.durations() == ["SET": [10], "BATCH GET": [10], "NOOP": [10], "STAT": [10]])
        #expect(try listeners.total(.retries) == 0)
        let meter = try listeners.metrics.expectMeter(ClientMetric.activeRequests.name, Listeners.dimensions())
        #expect(meter.lastValue == 0)
    }

    @Test func `calls that ask all servers are timed at each`() throws {
        let fleet = try listeners.fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        let wires = [try fleet.accept(), try fleet.accept()]
        let call = fleet.call { await $0.noop().count }
        try wires[0].answer(wires[0].requests())
        fleet.advance(.milliseconds(30))
        try wires[1].answer(wires[1].requests(), .busy)
        #expect(call.value == 2)
        #expect(listeners.durations(server: 1) == ["NOOP": [0]])
        #expect(listeners.durations(server: 2) == ["NOOP/refused": [30]])
    }
}
