import InMemoryTracing
import MemcachedFraming
import MetricsTestKit
import NIOCore
import Tracing

@testable import Memcached

/// Who listens to a client under test.
struct Listeners {
    let metrics = TestMetrics()
    let tracer = InMemoryTracer()

    /// A fleet to which they listen; each server is at `cache-N:11211`.
    func fleet(servers: Int = 1, configure: (inout ClientConfiguration) -> Void = { _ in }) throws -> Fleet {
        try Fleet(servers: servers) { configuration in
            configuration.observability.metricsFactory = metrics
            configuration.observability.tracer = tracer
            configure(&configuration)
        }
    }
}

/// Metrics.
extension Listeners {
    static func dimensions(_ server: Int = 1) -> [(String, String)] {
        [("db.system.name", "memcached"), ("server.address", "cache-\(server)"), ("server.port", "11211")]
    }

    static func pool(_ server: Int = 1) -> [(String, String)] {
        dimensions(server) + [("db.client.connection.pool.name", "cache-\(server):11211")]
    }

    func total(_ counter: ClientMetric, server: Int = 1, _ more: [(String, String)] = []) throws -> Int64 {
        try metrics.expectCounter(counter.name, Self.dimensions(server) + more).totalValue
    }

    /// The operations that were timed, each as `GET` or `GET/timedOut`, with their times in milliseconds.
    func durations(server: Int = 1) -> [String: [Int64]] {
        var durations: [String: [Int64]] = [:]
        for timer in metrics.timers(label: "db.client.operation.duration", dimensions: Self.dimensions(server)) {
            let values = Dictionary(uniqueKeysWithValues: timer.dimensions)
            let error = values["error.type"].map { "/" + $0 } ?? ""
            durations[(values["db.operation.name"] ?? "?") + error] = timer.values.map { $0 / 1_000_000 }
        }
        return durations
    }
}

/// Spans.
extension Listeners {
    var spans: [FinishedInMemorySpan] { tracer.finishedSpans }
}

extension FinishedInMemorySpan {
    /// The attributes as text.
    var texts: [String: String] {
        var texts: [String: String] = [:]
        attributes.forEach { name, value in
            texts[name] =
                switch value {
                case .string(let text): text
                case .int64(let number): "\(number)"
                case .stringArray(let texts): texts.joined(separator: " ")
                default: "\(value)"
                }
        }
        return texts
    }
}

extension Wire {
    /// Answers each frame with that status, and without a value.
    func answer(_ frames: [Frame], _ status: Status) throws {
        for frame in frames {
            try reply(Reply(opcode: frame.header.opcode, status: status, opaque: frame.header.opaque))
        }
    }

    /// Answers a batch: hits for those keys, that status to the others where there is one, and success to the closing NOOP.
    func answerBatch(_ frames: [Frame], hits: Set<String>, others: Status? = nil) throws {
        for frame in frames {
            if frame.header.opcode == .noop || hits.contains(String(buffer: frame.key)) {
                try answer([frame])
            } else if let others {
                try answer([frame], others)
            }
        }
    }
}
