public import Metrics
public import Tracing

/// Where a client's metrics and spans go. See <doc:Observability> for what they are.
///
/// The backends are looked at once, when the client is made: bootstrap the process's own metrics and tracing before. A client for which there is
/// neither pays nothing for them.
public struct ObservabilityConfiguration: Sendable {
    /// Makes the client's metrics; nil, the default, for the factory that `MetricsSystem` has been bootstrapped with.
    /// `NOOPMetricsHandler.instance` keeps this client from making any.
    public var metricsFactory: (any MetricsFactory)?

    /// Makes a span of each call; nil, the default, for the tracer that `InstrumentationSystem` has been bootstrapped with.
    /// A `NoOpTracer` keeps this client from making any.
    public var tracer: (any Tracer)?

    /// Whether spans, and the errors that they record, name the keys of a call: of a batch the first 100. Default false, since keys often
    /// hold what identifies a person, and traces are widely read.
    ///
    /// With ``ClientConfiguration/redactsKeysAndValues`` they never do. Metrics never name a key.
    public var spansShowKeys = false

    /// The process's own metrics and tracing, and spans without keys.
    public init() {}
}

extension ObservabilityConfiguration: Equatable {
    /// Backends that are no objects are never the same.
    public static func == (one: ObservabilityConfiguration, other: ObservabilityConfiguration) -> Bool {
        one.spansShowKeys == other.spansShowKeys && isSame(one.metricsFactory, other.metricsFactory)
            && isSame(one.tracer, other.tracer)
    }

    private static func isSame(_ one: (any Sendable)?, _ other: (any Sendable)?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        guard type(of: one) is AnyClass, type(of: other) is AnyClass else { return false }
        return one as AnyObject === other as AnyObject
    }
}
