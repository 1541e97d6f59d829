import NIOConcurrencyHelpers

/// The engine that all connections of a server share, at the time that it is.
final class SharedEngine: Sendable {
    private struct State: Sendable {
        var engine: Engine
        var time: ServerTime
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
        state.withLockedValue { state in
            state.engine.clock.advance(to: state.time.unixTime)
            return body(&state.engine)
        }
    }

    func advanceTime(by duration: Duration) {
        state.withLockedValue { $0.time.advance(by: duration) }
    }

    /// Another process in the old one's place.
    func restart() {
        state.withLockedValue { state in
            state.engine = Engine(
                settings: state.engine.settings,
                pid: state.engine.pid + 1,
                clock: EngineClock(start: state.time.unixTime)
            )
        }
    }
}
