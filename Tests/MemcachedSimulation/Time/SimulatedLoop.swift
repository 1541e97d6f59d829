import DequeModule
import Dispatch
import NIOCore

/// An event loop in virtual time, which runs one thing at a time and only when it is told to.
///
/// Callers' tasks are not on it, although all run on one thread: ``inEventLoop`` is true only inside of what the loop runs. It is
/// confined to that thread, whatever the compiler is told.
final class SimulatedLoop: EventLoop, @unchecked Sendable {
    private struct Timer {
        let deadline: NIODeadline
        let id: UInt64
        let run: () -> Void
        let drop: () -> Void
    }

    /// Not 0, which is a deadline that has always passed.
    private(set) var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private(set) var inEventLoop = false
    private var ready: Deque<() -> Void> = []
    /// The next one last; of those at the same time, the one that was set first.
    private var timers: [Timer] = []
    private var lastID: UInt64 = 0
    /// The simulation's own events happen at multiples of it, so that many happen at once.
    let grain: TimeAmount

    init(grain: TimeAmount) {
        self.grain = grain
    }

    func execute(_ task: @escaping @Sendable () -> Void) {
        ready.append(task)
    }

    func scheduleTask<Success>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> Success
    ) -> Scheduled<Success> {
        let promise = makePromise(of: Success.self)
        let id = add(at: deadline) {
            do {
                promise.assumeIsolatedUnsafeUnchecked().succeed(try task())
            } catch {
                promise.fail(error)
            }
        } drop: {
            promise.fail(EventLoopError.cancelled)
        }
        return Scheduled(promise: promise) { self.remove(id) }
    }

    func scheduleTask<Success>(
        in time: TimeAmount,
        _ task: @escaping @Sendable () throws -> Success
    ) -> Scheduled<Success> {
        scheduleTask(deadline: now + time, task)
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        callback(nil)
    }
}

extension SimulatedLoop {
    /// For the simulation's own events, which nobody cancels.
    func at(_ deadline: NIODeadline, _ run: @escaping () -> Void) {
        _ = add(at: onGrain(max(deadline, now)), run, drop: {})
    }

    private func onGrain(_ time: NIODeadline) -> NIODeadline {
        let grain = UInt64(grain.nanoseconds)
        return .uptimeNanoseconds((time.uptimeNanoseconds + grain - 1) / grain * grain)
    }

    func after(_ time: TimeAmount, _ run: @escaping () -> Void) {
        at(now + time, run)
    }

    var timerCount: Int { timers.count }

    var hasReady: Bool { !ready.isEmpty }

    var hasDue: Bool { timers.last.map { $0.deadline <= now } ?? false }

    var nextDeadline: NIODeadline? { timers.last?.deadline }

    func runReady() {
        guard let task = ready.popFirst() else { return }
        onLoop(task)
    }

    func runDue() {
        guard hasDue, let timer = timers.popLast() else { return }
        onLoop(timer.run)
    }

    func advance(to time: NIODeadline) {
        now = max(now, time)
    }

    /// Leaves no promise behind.
    func dropAll() {
        while !timers.isEmpty || !ready.isEmpty {
            while let timer = timers.popLast() { onLoop(timer.drop) }
            while hasReady { runReady() }
        }
    }

    func onLoop(_ body: () -> Void) {
        let before = inEventLoop
        inEventLoop = true
        body()
        inEventLoop = before
    }

    private func add(at deadline: NIODeadline, _ run: @escaping () -> Void, drop: @escaping () -> Void) -> UInt64 {
        lastID += 1
        var low = 0
        var high = timers.count
        while low < high {
            let middle = (low + high) / 2
            if timers[middle].deadline > deadline { low = middle + 1 } else { high = middle }
        }
        timers.insert(Timer(deadline: deadline, id: lastID, run: run, drop: drop), at: low)
        return lastID
    }

    private func remove(_ id: UInt64) {
        if let index = timers.firstIndex(where: { $0.id == id }) { timers.remove(at: index) }
    }
}
