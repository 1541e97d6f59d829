import Foundation
import InMemoryTracing
import Memcached
import MetricsTestKit
import TestSupport
import Testing

/// The article on observability lists what a client tells.
@Suite(.fewAtATime) struct ObservabilityPageTests {
    private func rows(_ heading: String) throws -> [[String]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/Memcached/Memcached.docc/Observability.md"),
            encoding: .utf8
        )
        let part = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix(heading + "\n") })
        // Without the head and the line below it.
        return part.components(separatedBy: "\n").filter { $0.hasPrefix("|") }.dropFirst(2).map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test func `each metric has its row, with its instrument, unit and meaning, in order`() throws {
        let rows = try rows("Metrics")
        #expect(rows.map { $0[0] } == ClientMetric.all.map { "`\($0.name)`" })
        for (row, metric) in zip(rows, ClientMetric.all) {
            #expect(row[1] == "\(metric.instrument)")
            #expect(row[2] == metric.unit)
            #expect(row.last == metric.meaning)
        }
    }

    @Test func `each span attribute has its row`() throws {
        let named = try rows("Spans").flatMap { row in row[0].matches(of: /`([^`]+)`/).map { String($0.output.1) } }
        #expect(Set(named).count == named.count)
        #expect(
            Set(named) == [
                "db.system.name", "db.operation.name", "db.operation.batch.size", "server.address", "server.port",
                "network.peer.address", "network.peer.port",
                "db.response.status_code", "error.type", "db.operation.parameter.key", "db.operation.parameter.keys",
                "memcached.client.update.attempts", "memcached.client.update.conflicts",
            ]
        )
    }

    @Test func `the example's client tells those that it is given`() async throws {
        let (metrics, tracer) = (TestMetrics(), InMemoryTracer())
        let client = try observed(servers: ["cache-1"], metrics: metrics, tracer: tracer)
        await client.shutdown()
        await #expect(throws: MemcachedError.self) { try await client.get("a") }
        #expect(!metrics.counters.isEmpty)
        #expect(tracer.finishedSpans.map(\.operationName) == ["GET cache-1:11211"])
    }
}
