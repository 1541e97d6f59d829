import NIOCore

/// Of one task: how many calls it has made within the period, and how long a part of them took.
struct Stopwatch: Sendable {
    private let period: MeasuredPeriod
    /// Of so many calls one is measured: where calls are many and short, a clock would be much of what is measured.
    private let stride: Int
    private var samples: [Int64] = []
    private(set) var calls = 0

    init(of period: MeasuredPeriod, stride: Int) {
        self.period = period
        self.stride = stride
        samples.reserveCapacity(Self.kept)
    }

    /// Few: ten thousand tasks each have their own, and together they should not push what is measured out of the processor's caches.
    private static let kept = 32

    /// Makes calls until the period is over. Each is given its number.
    @inline(__always)
    mutating func run(from first: Int, _ call: (Int) async throws -> Void) async throws {
        var number = first
        while true {
            let start = number % stride == 0 ? NIODeadline.now() : nil
            try await call(number)
            number &+= 1
            switch period.phase {
            case .before: continue
            case .within: count(since: start)
            case .after: return flush()
            }
        }
    }

    private mutating func count(since start: NIODeadline?) {
        calls += 1
        guard let start else { return }
        if samples.isEmpty { period.noteSample() }
        samples.append((NIODeadline.now() - start).nanoseconds)
        if samples.count == Self.kept { flush() }
    }

    private mutating func flush() {
        period.latencies.record(samples)
        samples.removeAll(keepingCapacity: true)
    }
}
