package import NIOCore

/// One attempt to connect, which may open several channels, to a name's addresses. Cancelled, it ends at once, and takes its
/// channels with it, those that would come later, too.
///
/// swift-nio's own attempts can't be cancelled: they end with their time.
package final class ConnectionAttempt: Sendable {
    private struct State {
        var isCancelled = false
        var channels: [any Channel] = []
    }

    private let state = Lock(State())

    package init() {}

    /// A channel is about to connect. Throws where nobody wants it any more.
    package func add(_ channel: any Channel) throws {
        try state.withLock { state in
            if state.isCancelled { throw CancellationError() }
            state.channels.append(channel)
        }
    }

    /// What the attempt comes to. Throws at once where the task is cancelled.
    package func outcome<Outcome: Sendable>(of future: EventLoopFuture<Outcome>) async throws -> Outcome {
        let promise = future.eventLoop.makePromise(of: Outcome.self)
        future.cascade(to: promise)
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            cancel()
            promise.fail(CancellationError())
        }
    }

    private func cancel() {
        let channels = state.withLock { state in
            state.isCancelled = true
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
