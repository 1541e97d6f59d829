import NIOCore

/// Of one task: how many calls it has made, how long a part of them took, and whether its time is over.
struct Stopwatch: Sendable {
    private let end: NIODeadline
    /// Of so many calls one is measured, and the clock looked at: where calls are many and short, a clock would be much of what is
    /// measured.
    private let stride: Int
    private let latencies: Latencies
    private var samples: [Int64] = []
    private(set) var calls = 0

    init(until end: NIODeadline, stride: Int, into latencies: Latencies) {
        self.end = end
        self.stride = stride
        self.latencies = latencies
        samples.reserveCapacity(Self.kept)
    }

    /// Few: ten thousand tasks each have their own, and together they should not push what is measured out of the processor's caches.
    private static let kept = 32

    /// Makes calls until the time is over. Each is given its number.
    @inline(__always)
    mutating func run(from first: Int, _ call: (Int) async throws -> Void) async throws {
        while true {
            let start = NIODeadline.now()
            guard start < end else { break }
            try await call(first &+ calls)
            samples.append((NIODeadline.now() - start).nanoseconds)
            calls += 1
            if samples.count == Self.kept { flush() }
            for _ in 1..<stride {
                try await call(first &+ calls)
                calls += 1
            }
        }
        flush()
    }

    private mutating func flush() {
        latencies.record(samples)
        samples.removeAll(keepingCapacity: true)
    }
}
