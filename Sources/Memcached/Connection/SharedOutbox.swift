import Synchronization

/// What a caller waits on. An unsafe continuation costs no allocation; the queues resume each exactly once, since whoever takes a
/// context out of them leaves nil behind.
package typealias ReplyContinuation = UnsafeContinuation<Completion, Never>

/// The outbox behind its lock, as callers and the event loop share it.
package final class SharedOutbox: Sendable {
    private let outbox: Mutex<Outbox<ReplyContinuation>>

    package init(limits: Outbox<ReplyContinuation>.Limits) {
        outbox = Mutex(Outbox(limits: limits))
    }

    package func withLock<Result: Sendable>(
        _ body: (inout sending Outbox<ReplyContinuation>) -> sending Result
    ) -> sending Result {
        outbox.withLock(body)
    }
}
