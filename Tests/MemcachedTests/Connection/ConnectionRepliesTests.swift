import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("Replies on a connection", .fewAtATime)
struct ConnectionRepliesTests {
    /// Begins one call of each kind, and has the server answer all of them, in pieces cut by `cut`.
    private func endings(_ cut: (ByteBuffer) -> [ByteBuffer]) throws -> [Ending] {
        let wire = try Wire()
        defer { wire.finish() }
        let first = try wire.get("a")
        let batch = wire.sendBatch([try .getQuietly("b"), try .getQuietly("miss"), try .getQuietly("c")])
        let statistics = wire.sendStatistics()
        let last = try wire.get("d")
        wire.advance(.milliseconds(1))
        var bytes = ByteBuffer()
        for frame in try wire.requests() where String(buffer: frame.key) != "miss" {
            if frame.header.opcode == .stat {
                bytes.writeReply(MemcachedTests.reply(.stat, frame.header.opaque, key: "pid", value: "17"))
            }
            bytes.writeReply(Wire.answer(to: frame))
        }
        for piece in cut(bytes) { try wire.receive(piece) }
        return [first.ending, batch.ending, statistics.ending, last.ending]
    }

    @Test("They give the same results, cut at every byte boundary")
    func everyCut() throws {
        let whole = try endings { [$0] }
        #expect(
            whole == [
                .value("value of a"), .value("0=value of b,2=value of c"), .value("6=17"), .value("value of d"),
            ]
        )
        var length = 0
        _ = try endings { bytes in
            length = bytes.readableBytes
            return [bytes]
        }
        for cut in 1..<length {
            let pieces = try endings { bytes in
                var rest = bytes
                return [rest.readSlice(length: cut) ?? ByteBuffer(), rest]
            }
            #expect(pieces == whole, "cut at \(cut)")
        }
        let bytewise = try endings { $0.readableBytesView.map { ByteBuffer(bytes: [$0]) } }
        #expect(bytewise == whole)
    }

    @Test("Many submissions are one write and one flush")
    func coalescing() throws {
        let wire = try Wire()
        defer { wire.finish() }
        let connection = wire.connection
        let deadline = wire.loop.now + .seconds(1)
        let key = try ItemKey("key")
        let calls = (0..<100).map { _ in
            Wire.Single(on: wire.executor) { await connection.send(.get(key), deadline: deadline) }
        }
        #expect(wire.flushCount == 0)
        wire.settle()
        #expect(wire.flushCount == 1)
        let requests = try wire.requests()
        #expect(requests.count == 100)
        try wire.answer(requests)
        #expect(calls.allSatisfy { $0.ending == .value("value of key") })
    }

    @Test("A batch is one write and one flush, its closing NOOP included")
    func batchIsOneWrite() throws {
        let wire = try Wire()
        defer { wire.finish() }
        _ = wire.sendBatch(try (0..<50).map { try .getQuietly("\($0)") })
        #expect(wire.flushCount == 1)
        #expect(try wire.requests().map(\.header.opcode) == Array(repeating: .getQuietly, count: 50) + [.noop])
    }
}
