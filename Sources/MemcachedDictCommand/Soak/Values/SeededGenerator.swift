import MemcachedTesting

/// The same numbers for the same seed, so that a run's choices can be made again.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var numbers: SplitMixGenerator

    init(seed: UInt64) {
        numbers = SplitMixGenerator(seed: seed)
    }

    /// One of several generators of one seed.
    init(seed: UInt64, stream: Int) {
        var first = SplitMixGenerator(seed: seed ^ UInt64(truncatingIfNeeded: stream) &* 0xA076_1D64_78BD_642F)
        numbers = SplitMixGenerator(seed: first.next())
    }

    mutating func next() -> UInt64 { numbers.next() }
}

extension SeededGenerator {
    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(Int.random(in: range, using: &self))
    }

    mutating func happens(inPercent percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }
}
