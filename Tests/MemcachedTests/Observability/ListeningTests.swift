import InMemoryTracing
import MemcachedFraming
import Metrics
import MetricsTestKit
import NIOCore
import TestSupport
import Testing
import Tracing

@testable import Memcached

@Suite(.fewAtATime) struct ListeningTests {
    @Test func `a client that nobody listens to makes nothing`() throws {
        for isNamed in [false, true] {
            let fleet = try Fleet { configuration in
                guard isNamed else { return }
                configuration.observability.metricsFactory = NOOPMetricsHandler.instance
                configuration.observability.tracer = NoOpTracer()
            }
            defer { fleet.finish() }
            #expect(fleet.client.cluster.observation == nil)
            let node = fleet.client.cluster.topology.nodes[0]
            #expect(node.metrics == nil)
            #expect(node.slots[0].metrics == nil)
        }
    }

    @Test func `a client finds the metrics that its process has, unless it is given others`() throws {
        let (processes, given) = (TestMetrics(), TestMetrics())
        try withMetricsFactory(processes) {
            let fleet = try Fleet()
            defer { fleet.finish() }
            #expect(!processes.counters.isEmpty)
            processes.reset()
            let other = try Fleet { $0.observability.metricsFactory = given }
            defer { other.finish() }
            #expect(processes.counters.isEmpty)
            #expect(!given.counters.isEmpty)
            let silent = try Fleet { $0.observability.metricsFactory = NOOPMetricsHandler.instance }
            defer { silent.finish() }
            #expect(processes.counters.isEmpty)
        }
    }

    @Test func `metrics need no tracer, and spans no metrics`() throws {
        let listeners = Listeners()
        for isTraced in [false, true] {
            let fleet = try Fleet { configuration in
                if isTraced {
                    configuration.observability.tracer = listeners.tracer
                } else {
                    configuration.observability.metricsFactory = listeners.metrics
                }
            }
            defer { fleet.finish() }
            _ = fleet.run()
            let wire = try fleet.accept()
            let call = fleet.get("a")
            try wire.answer(wire.requests())
            #expect(call.outcome == "value of a")
            let batch = fleet.getMany(["a", "b"])
            try wire.answerBatch(wire.requests(), hits: [])
            #expect(batch.value == ["miss", "miss"])
            #expect(listeners.durations() == ["GET": [0], "BATCH GET": [0]])
            #expect(
                listeners.spans.map(\.operationName)
                    == (isTraced ? ["GET cache-1:11211", "BATCH GET cache-1:11211"] : [])
            )
        }
    }

    @Test func `each metric that is documented is made, and no other`() throws {
        let listeners = Listeners()
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        try fleet.refuse()
        _ = fleet.get("a")
        let metrics = listeners.metrics
        func labels(_ instrument: ClientMetric.Instrument) -> Set<String> {
            Set(ClientMetric.all.filter { $0.instrument == instrument }.map(\.name))
        }
        #expect(Set(metrics.counters.map(\.label)) == labels(.counter))
        #expect(Set(metrics.meters.map(\.label)) == labels(.meter))
        #expect(Set(metrics.timers.map(\.label)) == labels(.timer))
        #expect(metrics.recorders.isEmpty)
        #expect(ClientMetric.all.count == Set(ClientMetric.all.map(\.name)).count)
    }

    @Test func `a server that returns to the list goes on with its metrics`() throws {
        let listeners = Listeners()
        let fleet = try listeners.fleet(servers: 2)
        defer { fleet.finish() }
        let cluster = fleet.client.cluster
        let (first, second) = (cluster.topology.nodes[0], cluster.topology.nodes[1])
        try fleet.client.setServers([MemcachedServer(.host("cache-2"))])
        try fleet.client.setServers([MemcachedServer(.host("cache-1")), MemcachedServer(.host("cache-2"))])
        #expect(cluster.topology.nodes[0] !== first)
        #expect(cluster.topology.nodes[0].metrics === first.metrics)
        #expect(first.metrics !== second.metrics)
    }

    @Test func `no metric names a key`() throws {
        let listeners = Listeners()
        let fleet = try listeners.fleet { $0.observability.spansShowKeys = true }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        _ = fleet.get("secret", timeout: .milliseconds(1))
        fleet.advance(.milliseconds(1))
        _ = fleet.getMany(["secret", "secret-2"])
        try wire.answer(wire.requests(), .keyNotFound)
        let all =
            listeners.metrics.timers.map(\.dimensions) + listeners.metrics.counters.map(\.dimensions)
            + listeners.metrics.meters.map(\.dimensions)
        #expect(!all.isEmpty)
        #expect(!all.joined().contains { $0.1.contains("secret") })
    }
}
