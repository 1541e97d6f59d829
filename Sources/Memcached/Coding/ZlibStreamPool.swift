import NIOConcurrencyHelpers

/// Streams that rest between two values. When none is there for a use another is made; of those that come back only so many are
/// kept, those that were in use last.
package final class ZlibStreamPool: Sendable {
    package static let deflating = ZlibStreamPool()
    package static let inflating = ZlibStreamPool()

    /// Idle streams kept, each way. More tasks than this rarely compress at the very same moment.
    package static let capacity = 8

    private let idle = NIOLockedValueBox<[ZlibStream]>([])

    /// How many streams rest.
    package var idleCount: Int { idle.withLockedValue { $0.count } }

    /// Lends a stream. What it holds afterwards doesn't matter: each borrower resets it first.
    static func withStream<Result>(
        for use: ZlibStream.Use,
        _ body: (ZlibStream) throws(ValueCodecError) -> Result
    ) throws(ValueCodecError) -> Result {
        try (use == .inflating ? inflating : deflating).lend(for: use, body)
    }

    func lend<Result>(
        for use: ZlibStream.Use,
        _ body: (ZlibStream) throws(ValueCodecError) -> Result
    ) throws(ValueCodecError) -> Result {
        let resting = idle.withLockedValue { idle in
            idle.lastIndex { $0.use == use }.map { idle.remove(at: $0) }
        }
        let stream = if let resting { resting } else { try ZlibStream(use) }
        defer {
            // Returned, so that its memory is freed outside of the lock.
            _ = idle.withLockedValue { idle in
                idle.append(stream)
                return idle.count > Self.capacity ? idle.removeFirst() : nil
            }
        }
        return try body(stream)
    }
}
