/// What a caller waits on. An unsafe continuation costs no allocation; the queues resume each exactly once, since whoever takes a
/// context out of them leaves nil behind.
package typealias ReplyContinuation = UnsafeContinuation<Completion, Never>

/// The outbox behind its lock, as callers and the event loop share it.
package typealias SharedOutbox = Lock<Outbox<ReplyContinuation>>
