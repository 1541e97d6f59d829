import NIOConcurrencyHelpers

/// Streams that rest between two values. When all are in use another is made; of those that come back only so many are
/// kept.
package final class ZlibStreamPool: Sendable {
    package static let deflating = ZlibStreamPool(.deflating)
    package static let inflating = ZlibStreamPool(.inflating)

    /// Idle streams kept, each way. More tasks than this rarely compress at the very same moment.
    package static let capacity = 8

    private let direction: ZlibStream.Direction
    private let idle = NIOLockedValueBox<[ZlibStream]>([])

    init(_ direction: ZlibStream.Direction) {
        self.direction = direction
    }

    /// How many streams rest.
    package var idleCount: Int { idle.withLockedValue { $0.count } }

    /// Lends a stream. What it holds afterwards doesn't matter: each borrower resets it first.
    func withStream<Result>(
        _ body: (ZlibStream) throws(ValueCodecError) -> Result
    ) throws(ValueCodecError) -> Result {
        let resting = idle.withLockedValue { $0.popLast() }
        let stream = if let resting { resting } else { try ZlibStream(direction) }
        defer {
            idle.withLockedValue { idle in
                if idle.count < Self.capacity { idle.append(stream) }
            }
        }
        return try body(stream)
    }
}
