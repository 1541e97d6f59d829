import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("The pending write", .fewAtATime)
struct PendingWriteTests {
    @Test("Small frames share one segment")
    func small() throws {
        var write = PendingWrite()
        #expect(write.isEmpty)
        for opaque in 1...100 as ClosedRange<UInt32> {
            write.append(try .set("key", ByteBuffer(repeating: 0x61, count: 100)), opaque: opaque)
        }
        #expect(!write.isEmpty)
        let segments = take(from: &write)
        #expect(segments.count == 1)
        #expect(try segments.frames().map(\.header.opaque) == Array(1...100))
        #expect(write.isEmpty)
        let none = take(from: &write)
        #expect(none.isEmpty)
    }

    /// How requests that were encoded before may lie: small ones, large values between them and behind each other, many small ones.
    private static let encoded: [[Int]] = [
        [], [0], [0, 100, 0], [20_000], [20_000, 20_000], [0, 20_000, 0, 0, 20_000, 20_000, 100],
        Array(repeating: 100, count: 300),
        Array(repeating: 100, count: 300) + [20_000] + Array(repeating: 10, count: 3),
    ]

    @Test("Requests that were encoded before get their numbers, wherever their values lie", arguments: encoded)
    func numbered(sizes: [Int]) throws {
        let requests = try sizes.enumerated().map { number, size in
            try Request.set("key-\(number)", ByteBuffer(repeating: 0x61, count: size))
        }
        var write = PendingWrite()
        write.append(try .get("before"), opaque: OpaqueSpread.opaque(of: .max - 1))
        let encoded = EncodedRequests(requests)
        let others = encoded.segments
        write.append(encoded.segments, numberedFrom: .max)
        write.append(.noop, opaque: OpaqueSpread.opaque(of: .max &+ UInt32(sizes.count)))
        let frames = try take(from: &write).frames()
        #expect(frames.map(\.value.readableBytes) == [0] + sizes + [0])
        let numbers = frames.map { OpaqueSpread.number(of: $0.header.opaque) }
        #expect(numbers == (0..<UInt32(sizes.count + 2)).map { (.max - 1) &+ $0 })
        // Sent again, they get other numbers.
        #expect(encoded.byteCount == requests.map(\.frameLength).reduce(0, +))
        #expect(try others.frames().allSatisfy { $0.header.opaque == 0 })
    }

    @Test("The same request for several keys is the same as one for each")
    func alike() throws {
        let keys = try (0..<50).map { try ItemKey(prefix: $0.isMultiple(of: 2) ? "p:" : "", name: "key-\($0)") }
        let indices = [3, 1, 4, 15, 9, 26]
        let one = EncodedRequests(.getAndTouch(keys[0], expiration: 7, answer: .quiet), forEachOf: keys, at: indices)
        let each = EncodedRequests(indices.map { .getAndTouch(keys[$0], expiration: 7, answer: .quiet) })
        #expect(one.segments == each.segments)
        #expect(one.count == each.count && one.byteCount == each.byteCount && one.opcode == each.opcode)
    }

    @Test("A large value is a segment of its own, and isn't copied", arguments: [PendingWrite.largeValue, 1 << 20])
    func large(size: Int) throws {
        let value = ByteBuffer(repeating: 0x61, count: size)
        var write = PendingWrite()
        write.append(try .get("before"), opaque: 1)
        write.append(try .set("large", value), opaque: 2)
        write.append(try .get("after"), opaque: 3)
        let segments = take(from: &write)
        #expect(segments.count == 3)
        #expect(segments[1] == value)
        #expect(address(of: segments[1]) == address(of: value))
        let frames = try segments.frames()
        #expect(frames.map(\.header.opaque) == [1, 2, 3])
        #expect(frames[1].value == value)
    }

    @Test("A value just below that size is copied into the shared segment")
    func belowLarge() throws {
        var write = PendingWrite()
        write.append(try .set("key", ByteBuffer(repeating: 0x61, count: PendingWrite.largeValue - 1)), opaque: 1)
        write.append(.noop, opaque: 2)
        let segments = take(from: &write)
        #expect(segments.count == 1)
    }

    @Test("Large values one after the other keep their order")
    func severalLarge() throws {
        var write = PendingWrite()
        for number in 1...3 as ClosedRange<UInt32> {
            write.append(try .set("\(number)", ByteBuffer(repeating: UInt8(number), count: 20_000)), opaque: number)
        }
        let segments = take(from: &write)
        #expect(segments.count == 6)
        let frames = try segments.frames()
        #expect(frames.map(\.header.opaque) == [1, 2, 3])
        #expect(frames.map { $0.value.readableBytesView.first } == [1, 2, 3])
    }

    private func take(from write: inout PendingWrite) -> [ByteBuffer] {
        var segments: [ByteBuffer] = []
        var spare = ByteBuffer()
        write.take(into: &segments, reusing: &spare)
        return segments
    }

    private func address(of buffer: ByteBuffer) -> UnsafeRawPointer? {
        buffer.withUnsafeReadableBytes { $0.baseAddress }
    }

    @Test func `small frames share segments, none of which grows without limit`() throws {
        var write = PendingWrite()
        let value = ByteBuffer(repeating: 1, count: 10_000)
        var bytes = 0
        for number in 0..<1_000 {
            let request = try Request.store(.set, ItemKey("key-\(number)"), value: value, flags: 0, expiration: 0)
            write.append(request, opaque: UInt32(number))
            bytes += request.frameLength
        }
        let segments = take(from: &write)
        #expect(segments.reduce(0) { $0 + $1.readableBytes } == bytes)
        #expect(segments.count == bytes / (1024 * 1024) + 1)
        #expect(segments.allSatisfy { $0.readableBytes < 1024 * 1024 + 16 * 1024 })
        #expect(write.isEmpty)
    }
}
