#if Management
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct PrometheusClientTests {
    @Test func `a client's metrics are there for Prometheus`() async throws {
        let registry = PrometheusRegistry()
        try await withMemcachedTestServer { server in
            var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(server.address)])
            configuration.observability.metricsFactory = registry
            configuration.timeout = .seconds(60)
            try await withMemcachedClient(configuration: configuration) { client in
                try await client.set("a", to: ByteBuffer(string: "1"))
                #expect(try await client.get("a") != nil)
                #expect(try await client.get("b") == nil)
                _ = await client.getMany(["a", "b", "c"])
            }
        }
        let lines = registry.text().split(separator: "\n")
        func value(_ name: String, _ label: String = "") -> String? {
            lines.first { $0.hasPrefix(name + "{") && $0.contains(label) }?.split(separator: " ").last.map(String.init)
        }
        #expect(value("memcached_client_hits_total") == "2")
        #expect(value("memcached_client_misses_total") == "3")
        #expect(value("db_client_operation_duration_seconds_count", "db_operation_name=\"SET\"") == "1")
        #expect(value("db_client_operation_duration_seconds_count", "db_operation_name=\"GET\"") == "2")
        #expect(value("db_client_operation_duration_seconds_count", "db_operation_name=\"BATCH GET\"") == "1")
        #expect(value("memcached_client_active_requests") == "0")
        #expect(value("db_client_connection_count") == "0")
        #expect(value("memcached_client_connects_total") == "1")
        for direction in ["transmit", "receive"] {
            let bytes = value("memcached_client_io_bytes_total", "network_io_direction=\"\(direction)\"")
            #expect(bytes.flatMap { Int($0) } ?? 0 > 0)
        }
        for metric in ClientMetric.all {
            #expect(
                lines.contains { $0.hasPrefix("# HELP ") && $0.hasSuffix(metric.meaning) }
                    || metric.name == "memcached.client.connect_failures",
                "\(metric.name)"
            )
        }
    }
}
#endif
