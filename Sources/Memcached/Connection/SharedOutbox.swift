/// The outbox behind its lock, as callers and the event loop share it.
package typealias SharedOutbox = Lock<Outbox<ReplyContinuation>>
