import NIOConcurrencyHelpers

/// What a caller waits on. An unsafe continuation costs no allocation; the queues resume each exactly once, since whoever takes a
/// context out of them leaves nil behind.
package typealias ReplyContinuation = UnsafeContinuation<Completion, Never>

/// The outbox behind its lock, as callers and the event loop share it.
///
/// The package's locks are swift-nio's: the thread sanitizer doesn't see through the standard library's `Mutex` on Linux, and reports
/// races where there are none.
package final class SharedOutbox: Sendable {
    private let outbox: NIOLockedValueBox<Outbox<ReplyContinuation>>

    package init(limits: Outbox<ReplyContinuation>.Limits) {
        outbox = NIOLockedValueBox(Outbox(limits: limits))
    }

    package func withLock<Result>(_ body: (inout Outbox<ReplyContinuation>) -> Result) -> Result {
        outbox.withLockedValue(body)
    }
}
