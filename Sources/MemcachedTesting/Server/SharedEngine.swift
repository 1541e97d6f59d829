import NIOConcurrencyHelpers

/// The engine that all connections of a server share, at the time that it is.
final class SharedEngine: Sendable {
    private struct State: Sendable {
        var engine: Engine
        var time: ServerTime
        var watchers = FaultWatchers()
    }

    private let state: NIOLockedValueBox<State>

    init(settings: EngineSettings, followsWallClock: Bool) {
        let time = ServerTime(followsWallClock: followsWallClock)
        let engine = Engine(
            settings: settings,
            // What a client tells servers apart by; Linux goes no higher.
            pid: Int.random(in: 1_000...4_000_000),
            clock: EngineClock(start: time.unixTime)
        )
        state = NIOLockedValueBox(State(engine: engine, time: time))
    }

    func withEngine<Result: Sendable>(_ body: (inout Engine) -> Result) -> Result {
        let (result, watchers) = state.withLockedValue { state in
            state.engine.clock.advance(to: state.time.unixTime)
            let result = body(&state.engine)
            return (result, state.watchers.leaveSatisfied(by: state.engine.faults))
        }
        for watcher in watchers { watcher.resume() }
        return result
    }

    /// Returns once a fault has happened that many times; throws where the task is cancelled.
    func wait(for fault: FaultScript.ID, count: Int) async throws {
        let id = state.withLockedValue { $0.watchers.nextID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLockedValue { $0.watchers.join(id: id, fault: fault, count: count, continuation) }
                // After joining: one that was cancelled before has to leave by itself.
                if Task.isCancelled { giveUp(id) }
                withEngine { _ in }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    private func giveUp(_ watcher: Int) {
        state.withLockedValue { $0.watchers.leave(id: watcher) }?.resume(throwing: CancellationError())
    }

    func advanceTime(by duration: Duration) {
        state.withLockedValue { $0.time.advance(by: duration) }
    }

    /// Another process in the old one's place.
    func restart() {
        state.withLockedValue { state in
            var successor = Engine(
                settings: state.engine.settings,
                pid: state.engine.pid + 1,
                clock: EngineClock(start: state.time.unixTime)
            )
            // A test's script goes on in whatever process it finds.
            successor.faults = state.engine.faults
            state.engine = successor
        }
    }
}
