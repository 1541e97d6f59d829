// The examples of the article on observability, as they stand there; ExampleTests compares them.

import Memcached
import Metrics
import Tracing

/// Compiled only: a process can be bootstrapped once.
func startListening(metrics: any MetricsFactory, tracer: any Tracer) {
    MetricsSystem.bootstrap(metrics)
    InstrumentationSystem.bootstrap(tracer)
}

func observed(servers: [String], metrics: any MetricsFactory, tracer: any Tracer) throws -> MemcachedClient {
    var configuration = MemcachedClient.Configuration(servers: try servers.map { try MemcachedServer($0) })
    configuration.observability.metricsFactory = metrics
    configuration.observability.tracer = tracer
    return try MemcachedClient(configuration: configuration)
}
