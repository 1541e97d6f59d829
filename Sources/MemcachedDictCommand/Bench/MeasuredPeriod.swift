import NIOCore
import Synchronization

/// The time within which a scenario's calls count. Its tasks run before, so that neither starting them nor what they do first is
/// measured, and end after it.
final class MeasuredPeriod: Sendable {
    enum Phase: UInt8, AtomicRepresentable {
        case before, within, after
    }

    /// What went by between its beginning and its end.
    struct Length: Sendable {
        var elapsed = Duration.zero
        var processorTime = Duration.zero
    }

    private let current = Atomic(Phase.before)
    private let hasSamples = Atomic(false)
    let latencies = Latencies()

    var phase: Phase { current.load(ordering: .relaxed) }

    /// A task has measured how long a call took that counts.
    func noteSample() { hasSamples.store(true, ordering: .relaxed) }

    /// Begins after the warm-up, and ends after that time, or later if no call has been measured within it.
    func pass(warmUp: Duration, time: Duration) async throws -> Length {
        try await Task.sleep(for: warmUp)
        let start = NIODeadline.now()
        let used = ProcessorTime.now
        current.store(.within, ordering: .relaxed)
        repeat {
            try await Task.sleep(for: time)
        } while !hasSamples.load(ordering: .relaxed)
        current.store(.after, ordering: .relaxed)
        return Length(
            elapsed: .nanoseconds((NIODeadline.now() - start).nanoseconds),
            processorTime: ProcessorTime.now - used
        )
    }
}
