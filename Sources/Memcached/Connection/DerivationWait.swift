/// The wait for a key that is computed elsewhere. The first outcome counts, and whoever waits goes on at once with it;
/// what comes later is dropped.
final class DerivationWait: Sendable {
    typealias Outcome = Result<[UInt8], AuthenticationFailure>

    private enum State {
        case begun
        case awaited(UnsafeContinuation<Outcome, Never>)
        case over(Outcome)
    }

    private let state = Lock(State.begun)

    /// Whether an outcome would still count.
    var isWanted: Bool {
        state.withLock { if case .over = $0 { false } else { true } }
    }

    func end(with outcome: Outcome) {
        let waiter = state.withLock { state -> UnsafeContinuation<Outcome, Never>? in
            switch state {
            case .begun:
                state = .over(outcome)
                return nil
            case .awaited(let waiter):
                state = .over(outcome)
                return waiter
            case .over:
                return nil
            }
        }
        waiter?.resume(returning: outcome)
    }

    /// The outcome, or the task's cancellation. To be called once.
    func outcome() async -> Outcome {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let outcome = state.withLock { state -> Outcome? in
                    if case .over(let outcome) = state { return outcome }
                    state = .awaited(continuation)
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            end(with: .failure(.interrupted(RequestFailure(.cancelled, mayHaveReachedServer: true))))
        }
    }
}
