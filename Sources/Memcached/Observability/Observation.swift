package import MemcachedFraming
import Metrics
import Synchronization
import Tracing

/// Who listens to a client: decided once, when it is made. A client that nobody listens to has none.
package final class Observation: Sendable {
    private let factory: (any MetricsFactory)?
    private let tracer: (any Tracer)?
    /// Kept, since a server that returns to the list goes on with its own: a backend may know a gauge by what its one instrument says.
    private let servers = Lock<[ServerAddress: ServerMetrics]>([:])
    private let spansShowKeys: Atomic<Bool>

    /// Nil where nobody listens.
    ///
    /// - Parameter redactsKeys: whether keys are secret, whatever the configuration says.
    package init?(_ configuration: ObservabilityConfiguration, redactsKeys: Bool) {
        let factory = configuration.metricsFactory ?? MetricsSystem.factory
        let tracer = configuration.tracer ?? InstrumentationSystem.tracer
        self.factory = factory is NOOPMetricsHandler ? nil : factory
        self.tracer = tracer is NoOpTracer ? nil : tracer
        spansShowKeys = Atomic(configuration.spansShowKeys && !redactsKeys)
        if self.factory == nil, self.tracer == nil { return nil }
    }

    /// Takes what can change while the client runs: whether spans show keys.
    package func follow(_ configuration: ObservabilityConfiguration, redactsKeys: Bool) {
        spansShowKeys.store(configuration.spansShowKeys && !redactsKeys, ordering: .relaxed)
    }

    private var showsKeys: Bool { spansShowKeys.load(ordering: .relaxed) }

    package var isTracing: Bool { tracer != nil }

    /// Nil where there are no metrics.
    package func metrics(of server: ServerAddress) -> ServerMetrics? {
        guard let factory else { return nil }
        return servers.withLock { servers in
            if let metrics = servers[server] { return metrics }
            let metrics = ServerMetrics(of: server, factory: factory)
            servers[server] = metrics
            return metrics
        }
    }

    /// The span of a call; nil where there are none.
    ///
    /// - Parameters:
    ///   - server: the one that is asked; nil where several are.
    ///   - keys: those of a batch, or the one of another call.
    package func span(of name: OperationName, at server: ServerAddress?, keys: [ItemKey] = []) -> CallSpan? {
        guard let tracer else { return nil }
        let span = CallSpan(
            tracer.startSpan(server.map { "\(name) \($0)" } ?? "\(name)", ofKind: .client),
            showsKeys: showsKeys
        )
        span.describe(name, keys: keys)
        if let server { span.setServer(server) }
        return span
    }

    /// The span of an update, which holds those of its reads and stores; nil where there are none.
    package func updateSpan() -> CallSpan? {
        guard let tracer else { return nil }
        let span = tracer.startSpan("update", ofKind: .internal)
        span.attributes[AttributeName.system] = AttributeName.memcached
        return CallSpan(span, showsKeys: showsKeys)
    }
}
