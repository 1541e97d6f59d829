/// SplitMix64: the same numbers for the same seed, so that a run's choices can be made again.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// One of several generators of one seed.
    init(seed: UInt64, stream: Int) {
        var generator = SeededGenerator(seed: seed ^ UInt64(truncatingIfNeeded: stream) &* 0xA076_1D64_78BD_642F)
        state = generator.next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SeededGenerator {
    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(Int.random(in: range, using: &self))
    }

    mutating func happens(inPercent percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }
}
