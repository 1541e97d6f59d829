import InMemoryTracing
import MemcachedFraming
import Metrics
import MetricsTestKit
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct ConnectionMetricsTests {
    private let listeners = Listeners()

    private func meter(_ metric: ClientMetric, _ more: [(String, String)] = []) throws -> TestMeter {
        try listeners.metrics.expectMeter(metric.name, Listeners.pool() + more)
    }

    private func timer(_ metric: ClientMetric) throws -> TestTimer {
        let timer = try listeners.metrics.expectTimer(metric.name, Listeners.pool())
        #expect(timer.displayUnit == .seconds)
        return timer
    }

    @Test func `connections are counted, timed and shown; one that replaces another is a reconnect`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        fleet.advance(.milliseconds(5))
        let first = try fleet.accept()
        #expect(try listeners.total(.connects) == 1)
        #expect(try listeners.total(.reconnects) == 0)
        let count = try meter(.connectionCount, [("db.client.connection.state", "used")])
        #expect(count.values == [1])
        fleet.advance(.seconds(1))
        try first.hangUp()
        #expect(count.values == [1, 0])
        _ = try fleet.accept()
        #expect(count.values == [1, 0, 1])
        #expect(try listeners.total(.connects) == 2)
        #expect(try listeners.total(.reconnects) == 1)
        #expect(try timer(.createTime).values == [5_000_000, 0])
        fleet.finish()
        #expect(count.values == [1, 0, 1, 0])
    }

    @Test func `a connection that is replaced since the settings have changed is no reconnect`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        let count = try meter(.connectionCount, [("db.client.connection.state", "used")])
        var configuration = fleet.client.configuration
        configuration.connection.itemSizeLimit = 4_096
        configuration.connectionsPerServer = 2
        try fleet.client.apply(configuration)
        _ = try fleet.accept()
        _ = try fleet.accept()
        #expect(!old.isOpen && count.lastValue == 2)
        #expect(try listeners.total(.connects) == 3)
        #expect(try listeners.total(.reconnects) == 0)
    }

    @Test func `attempts that fail are counted with their error`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        try fleet.refuse()
        fleet.advance(.seconds(1))
        try fleet.refuse()
        #expect(try listeners.total(.connectFailures, [("error.type", "connectionFailed")]) == 2)
        #expect(try listeners.total(.connects) == 0)
    }

    @Test func `a server that hangs up on each new connection has failed, and none is shown meanwhile`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let count = try meter(.connectionCount, [("db.client.connection.state", "used")])
        try fleet.accept().hangUp()
        #expect(count.values == [1, 0])
        fleet.advance(.milliseconds(50))
        try fleet.accept().hangUp()
        #expect(count.values == [1, 0, 1, 0])
        #expect(try listeners.total(.connectFailures, [("error.type", "connectionLost")]) == 1)
        #expect(try listeners.total(.connects) == 2)
    }

    @Test func `calls that wait for a connection are shown and timed, and those whose time runs out are counted`()
        throws
    {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let short = fleet.get("a", timeout: .milliseconds(30))
        let long = fleet.get("b")
        let pending = try meter(.pendingRequests)
        #expect(pending.values == [1, 2])
        fleet.advance(.milliseconds(30))
        #expect(short.outcome == "timedOut")
        #expect(pending.values == [1, 2, 1])
        fleet.advance(.milliseconds(70))
        let wire = try fleet.accept()
        try wire.answer(wire.requests())
        #expect(long.outcome == "value of b")
        #expect(pending.values == [1, 2, 1, 0])
        #expect(try timer(.waitTime).values == [30_000_000, 100_000_000])
        #expect(
            try listeners.metrics.expectCounter(ClientMetric.connectionTimeouts.name, Listeners.pool()).totalValue == 1
        )
        #expect(listeners.durations() == ["GET/timedOut": [30], "GET": [100]])
    }

    @Test func `a call that finds a connection and room has waited for neither`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.get("a")
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
        #expect(try timer(.waitTime).values.isEmpty)
        #expect(try meter(.pendingRequests).values.isEmpty)
        #expect(try listeners.metrics.expectTimer(ClientMetric.queueTime.name, Listeners.dimensions()).values.isEmpty)
    }

    @Test func `requests that wait for room are timed, those included that give up`() throws {
        let fleet = try listeners.fleet { $0.connection.maximumRequestsInFlight = 1 }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let first = fleet.get("a")
        let second = fleet.get("b")
        let short = fleet.get("c", timeout: .milliseconds(20))
        let cancelled = fleet.get("d")
        fleet.advance(.milliseconds(20))
        #expect(short.outcome == "timedOut")
        fleet.advance(.milliseconds(5))
        cancelled.cancel()
        fleet.settle()
        #expect(cancelled.outcome == "cancelled")
        fleet.advance(.milliseconds(25))
        try wire.answer(wire.requests())
        #expect(first.outcome == "value of a")
        try wire.answer(wire.requests())
        #expect(second.outcome == "value of b")
        let timer = try listeners.metrics.expectTimer(ClientMetric.queueTime.name, Listeners.dimensions())
        #expect(timer.values == [20_000_000, 25_000_000, 50_000_000])
        #expect(timer.displayUnit == .seconds)
    }

    @Test func `requests that wait for room until the connection closes are timed`() throws {
        let fleet = try listeners.fleet { $0.connection.maximumRequestsInFlight = 1 }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        fleet.advance(.seconds(1))
        let calls = [fleet.set("a"), fleet.set("b")]
        #expect(try wire.requests().count == 1)
        fleet.advance(.milliseconds(20))
        try wire.hangUp()
        #expect(calls.map(\.value) == ["outcomeUnknown", nil])
        let timer = try listeners.metrics.expectTimer(ClientMetric.queueTime.name, Listeners.dimensions())
        #expect(timer.values == [20_000_000])
        let second = try fleet.accept()
        try second.answer(second.requests())
        #expect(calls[1].value == "stored")
        #expect(timer.values == [20_000_000])
    }

    @Test func `bytes are counted in both directions`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        func bytes(_ direction: String) throws -> Int64 {
            try listeners.total(.io, [("network.io.direction", direction)])
        }
        let before = (sent: try bytes("transmit"), received: try bytes("receive"))
        #expect(before.sent > 0 && before.received > 0, "the handshake's")
        let call = fleet.get("a")
        #expect(try bytes("transmit") == before.sent + 24 + 1)
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
        #expect(try bytes("receive") == before.received + 24 + 4 + 10)
    }

    @Test func `a server that is left out is counted once`() throws {
        let fleet = try listeners.fleet { $0.ejection = ServerEjection(failures: 2) }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        for _ in 0..<3 { _ = fleet.get("a", timeout: .milliseconds(10)) }
        #expect(try wire.requests().count == 3)
        fleet.advance(.milliseconds(10))
        #expect(try listeners.total(.ejections) == 1)
    }

    @Test func `a server on a Unix socket is named by its path, without a port`() throws {
        let fleet = try listeners.fleet { $0.servers = [MemcachedServer(.unixSocket(path: "/run/memcached.sock"))] }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.get("a")
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
        let own = [("db.system.name", "memcached"), ("server.address", "/run/memcached.sock")]
        #expect(try listeners.metrics.expectCounter(ClientMetric.hits.name, own).totalValue == 1)
        let pool = own + [("db.client.connection.pool.name", "unix:/run/memcached.sock")]
        #expect(try listeners.metrics.expectCounter(ClientMetric.connectionTimeouts.name, pool).totalValue == 0)
        let span = try #require(listeners.spans.first)
        #expect(span.operationName == "GET unix:/run/memcached.sock")
        #expect(span.texts["server.address"] == "/run/memcached.sock")
        #expect(span.texts["server.port"] == nil)
    }
}
