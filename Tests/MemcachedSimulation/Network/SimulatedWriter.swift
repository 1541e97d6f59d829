import Memcached
import NIOCore

/// Writes to a simulated channel's link as a caller does to a socket: at times only a part is taken, which may be nothing; and at times
/// the caller's thread is slow to return, and the event loop goes on meanwhile.
final class SimulatedWriter: DirectWriter, @unchecked Sendable {
    private let channel: SimulatedChannel
    private let random: Randomness
    /// How many in a hundred writes are cut short.
    private let cutsPercent: Int
    private let count: (String) -> Void
    private var isClosed = false

    init(channel: SimulatedChannel, random: Randomness, cutsPercent: Int, count: @escaping (String) -> Void) {
        self.channel = channel
        self.random = random
        self.cutsPercent = cutsPercent
        self.count = count
    }

    func write(_ segments: [ByteBuffer]) -> [ByteBuffer] {
        if random.chance(10) {
            count("the loop goes on before a caller writes")
            goOn()
        }
        let left = take(segments)
        if random.chance(30) {
            count("the loop goes on while a caller writes")
            goOn()
        }
        return left
    }

    /// What happens on the event loop until the caller's thread is back.
    private func goOn() {
        let loop = channel.loop
        for _ in 0..<random.int(in: 1...20) {
            if loop.hasReady {
                loop.runReady()
            } else if loop.hasDue {
                loop.runDue()
            } else if let next = loop.nextDeadline, next <= loop.now + .milliseconds(2) {
                loop.advance(to: next)
            }
        }
    }

    private func take(_ segments: [ByteBuffer]) -> [ByteBuffer] {
        guard !isClosed, let flush = channel.onFlush else { return segments }
        count("requests written by their caller")
        guard random.chance(cutsPercent) else {
            flush(segments)
            return []
        }
        count("requests written by their caller in part")
        var taken: [ByteBuffer] = []
        var left: [ByteBuffer] = []
        var room = random.int(in: 0...segments.reduce(0) { $0 + $1.readableBytes })
        for var segment in segments {
            if let bytes = segment.readSlice(length: min(room, segment.readableBytes)), bytes.readableBytes > 0 {
                room -= bytes.readableBytes
                taken.append(bytes)
            }
            if segment.readableBytes > 0 { left.append(segment) }
        }
        flush(taken)
        return left
    }

    func close() { isClosed = true }
}
