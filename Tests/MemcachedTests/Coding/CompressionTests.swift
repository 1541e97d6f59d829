import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("Compression", .fewAtATime)
struct CompressionTests {
    private static let long = String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 300)

    private static func noise(_ count: Int) -> [UInt8] {
        var random = CodingRandom(state: 42)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test("A value above the threshold is compressed, one at it is not")
    func threshold() throws {
        let text = String(repeating: "a", count: 100)
        let at = try TextCodec.text().compressed(above: 100).encode(text)
        #expect(at.compression == .none)
        #expect(at.string == text)
        let above = try TextCodec.text().compressed(above: 99).encode(text)
        #expect(above.compression == .zlib)
        #expect(above.format == .text)
        #expect(above.bytes.readableBytes < 20)
        for value in [at, above] {
            #expect(try TextCodec.text().compressed(above: 100).decode(value) == text)
        }
    }

    @Test("The bytes are a zlib stream of RFC 1950")
    func header() throws {
        let bytes = try TextCodec.text().compressed(above: 0).encode(Self.long).array
        #expect(bytes[0] == 0x78)
        #expect((Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0)
    }

    @Test("A value that compression wouldn't make smaller stays as it is", arguments: [0, 1, 5, 1_000, 100_000])
    func incompressible(count: Int) throws {
        let codec = ByteCollectionCodec<[UInt8]>.bytes().compressed(above: 0)
        let encoded = try codec.encode(Self.noise(count))
        #expect(encoded.compression == .none)
        #expect(try codec.decode(encoded) == Self.noise(count))
    }

    @Test("What is kept is always smaller, whatever the value's length")
    func smaller() throws {
        let codec = TextCodec.text().compressed(above: 0)
        for count in 0..<200 {
            let text = String(repeating: "ab", count: count)
            let encoded = try codec.encode(text)
            if encoded.compression == .zlib { #expect(encoded.bytes.readableBytes < text.utf8.count) }
            #expect(try codec.decode(encoded) == text)
        }
    }

    @Test("A higher level gives fewer bytes, and levels don't carry over from one value to the next")
    func levels() throws {
        let words = Self.noise(4_000).map { "word\($0 % 50)" }.joined(separator: " ")
        let count: (ZlibLevel) throws -> Int = {
            try TextCodec.text().compressed(above: 0, level: $0).encode(words).bytes.readableBytes
        }
        let (fastest, standard, smallest) = (try count(.fastest), try count(.standard), try count(.smallest))
        #expect(fastest > standard)
        #expect(standard >= smallest)
        #expect(try count(.fastest) == fastest)
        #expect(try count(.smallest) == smallest)
        #expect(try count(.standard) == standard)
    }

    @Test("Values that are compressed in turn at different levels come back as they were")
    func changedLevels() throws {
        let words = Self.noise(4_000).map { "word\($0 % 50)" }.joined(separator: " ")
        let random = ByteBuffer(bytes: Self.noise(4_000))
        var earlier: [EncodedValue] = []
        for first in 1...9 {
            for second in 1...9 {
                for level in [first, second] {
                    let codec = TextCodec.text().compressed(above: 0, level: try #require(ZlibLevel(level)))
                    let encoded = try codec.encode(words)
                    #expect(encoded.compression == .zlib)
                    #expect(try codec.decode(encoded) == words, "\(first), \(second)")
                    earlier.append(encoded)
                    // What doesn't get smaller leaves zlib in the middle of it.
                    if first % 2 == 0 {
                        let plain = try BytesCodec.bytes().compressed(above: 0, level: #require(ZlibLevel(level)))
                            .encode(random)
                        #expect(plain.compression == .none)
                    }
                }
            }
        }
        // Nothing has been written into a value that was done.
        for encoded in earlier { #expect(try TextCodec.text().compressed(above: 0).decode(encoded) == words) }
    }

    @Test("Levels are 0 to 9")
    func levelBounds() throws {
        #expect(ZlibLevel(-1) == nil)
        #expect(ZlibLevel(10) == nil)
        #expect(ZlibLevel(6) == .standard)
        let stored = try #require(ZlibLevel(0))
        #expect(try TextCodec.text().compressed(above: 0, level: stored).encode(Self.long).compression == .none)
    }

    @Test("Corrupted, truncated and trailing input are three distinct errors")
    func damage() throws {
        let codec = TextCodec.text().compressed(above: 0)
        let good = try codec.encode(Self.long).array
        func decode(_ bytes: [UInt8]) throws -> String { try codec.decode(EncodedValue(bytes, .text, .zlib)) }
        #expect(try decode(good) == Self.long)

        for count in 0..<good.count {
            expectCodecError(.truncated) { try decode(Array(good.prefix(count))) }
        }
        let trailing = expectCodecError(.trailingBytes) { try decode(good + [0, 0, 0]) }
        #expect(trailing?.message.contains("3 bytes follow") == true)
        expectCodecError(.trailingBytes) { try decode(good + good) }

        var checksum = good
        checksum[checksum.count - 1] ^= 1
        let mismatch = expectCodecError(.corrupted) { try decode(checksum) }
        #expect(mismatch?.message.contains("incorrect data check") == true)
        expectCodecError(.corrupted) { try decode(Array("plain text".utf8)) }
        // A stream that wants a preset dictionary, which memcached's clients never have.
        expectCodecError(.corrupted) { try decode([0x78, 0xbb, 0, 0, 0, 1, 0, 0]) }
    }

    @Test("No damaged byte brings the decoder down or goes unnoticed")
    func flippedBytes() throws {
        let codec = TextCodec.text().compressed(above: 0)
        let good = try codec.encode(Self.long).array
        for position in good.indices {
            for bit in 0..<8 {
                var bytes = good
                bytes[position] ^= 1 << bit
                // zlib's first two bytes hold hints that may change without harm.
                if let text = try? codec.decode(EncodedValue(bytes, .text, .zlib)) { #expect(text == Self.long) }
            }
        }
    }

    @Test("Inflation stops at the limit, to the byte")
    func limit() throws {
        let value = try TextCodec.text().compressed(above: 0).encode(String(repeating: "a", count: 100_000))
        #expect(try value.inflated(limit: 100_000).bytes.readableBytes == 100_000)
        for limit in [99_999, 1, 0, -5] {
            let error = expectCodecError(.tooLarge) { try value.inflated(limit: limit) }
            #expect(error?.message.contains("\(max(limit, 0)) bytes") == true)
        }
        let codec = TextCodec.text().compressed(above: 0, inflationLimit: 50_000)
        expectCodecError(.tooLarge) { try codec.decode(value) }
        expectCodecError(.tooLarge) { try codec.encode(String(repeating: "a", count: 50_001)) }
        #expect(try codec.decode(codec.encode(String(repeating: "a", count: 50_000))).utf8.count == 50_000)
    }

    @Test("What was inflated keeps no more memory than it has bytes, rounded up")
    func memory() throws {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<43_700).map { _ in UInt8.random(in: 0..<128, using: &generator) }
        let codec = BytesCodec.bytes().compressed(above: 0)
        for count in [10, 900, 11_000, 43_700] {
            let bytes = ByteBuffer(bytes: noise.prefix(count))
            let encoded = try codec.encode(bytes)
            let inflated = try encoded.inflated().bytes
            #expect(inflated == bytes)
            #expect(encoded.compression == .none || inflated.storageCapacity < 2 * count)
        }
        #expect(try codec.encode(ByteBuffer(bytes: noise)).compression == .zlib)
    }

    @Test("A bomb of 64 kB that stands for more than 64 MiB is refused by default")
    func bomb() throws {
        let size = EncodedValue.defaultInflationLimit + 1
        let codec = BytesCodec.bytes().compressed(above: 0, inflationLimit: size)
        let bomb = try codec.encode(ByteBuffer(repeating: 0, count: size))
        #expect(bomb.bytes.readableBytes < 70_000)
        expectCodecError(.tooLarge) { try bomb.inflated() }
        expectCodecError(.tooLarge) { try BytesCodec.bytes().compressed(above: 0).decode(bomb) }
        #expect(try codec.decode(bomb).readableBytes == size)
    }

    @Test("Values of many megabytes come back, well compressed or not")
    func large() throws {
        let codec = BytesCodec.bytes().compressed(above: 0)
        var buffer = ByteBuffer()
        let block = Self.noise(65_536)
        for round in 0..<400 {
            buffer.writeBytes(block.prefix(65_536 - round))
            buffer.writeRepeatingByte(UInt8(round % 256), count: 20_000)
        }
        let encoded = try codec.encode(buffer)
        #expect(encoded.compression == .zlib)
        #expect(encoded.bytes.readableBytes < buffer.readableBytes)
        #expect(try codec.decode(encoded) == buffer)
    }

    @Test("gzip is read where it is marked as gzip, and each wrapper only as itself")
    func gzip() throws {
        // echo -n hello | gzip -n
        let gzip: [UInt8] = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x86,
            0xa6,
            0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
        ]
        let codec = TextCodec.text().compressed(above: 0)
        #expect(try codec.decode(EncodedValue(gzip, .text, .gzip)) == "hello")
        expectCodecError(.corrupted) { try codec.decode(EncodedValue(gzip, .text, .zlib)) }
        let zlib = try codec.encode(Self.long)
        expectCodecError(.corrupted) { try codec.decode(EncodedValue(zlib.array, .text, .gzip)) }
        expectCodecError(.truncated) { try codec.decode(EncodedValue(gzip.dropLast(), .text, .gzip)) }
        expectCodecError(.trailingBytes) { try codec.decode(EncodedValue(gzip + gzip, .text, .gzip)) }
    }

    @Test("FastLZ is refused with an error that names it")
    func fastlz() {
        let value = EncodedValue("x", .text, .fastlz)
        for error in [
            expectCodecError(.unsupportedCompression) { try value.inflated() },
            expectCodecError(.unsupportedCompression) { try TextCodec.text().decode(value) },
            expectCodecError(.unsupportedCompression) { try TextCodec.text().compressed(above: 0).decode(value) },
        ] {
            #expect(error?.message.contains("FastLZ") == true)
        }
    }

    @Test("Compressing twice compresses once")
    func nested() throws {
        let codec = TextCodec.text().compressed(above: 0).compressed(above: 0)
        let encoded = try codec.encode(Self.long)
        #expect(encoded == (try TextCodec.text().compressed(above: 0).encode(Self.long)))
        #expect(try codec.decode(encoded) == Self.long)
    }

    @Test("A stream keeps its level, and those that were in use last are kept")
    func levelsInThePool() throws {
        let pool = ZlibStreamPool()
        func lent(_ level: Int) throws -> ZlibStream {
            let use = ZlibStream.Use.deflating(try #require(ZlibLevel(level)))
            return try pool.lend(for: use) { stream in
                #expect(stream.use == use)
                return stream
            }
        }
        let one = try lent(1)
        let nine = try lent(9)
        #expect(one !== nine)
        #expect(try lent(1) === one && lent(9) === nine)
        #expect(pool.idleCount == 2)
        for level in 2...8 { _ = try lent(level) }
        #expect(pool.idleCount == ZlibStreamPool.capacity)
        // Of nine, level 1 was in use the longest ago.
        #expect(try lent(9) === nine && lent(1) !== one)
    }

    @Test("zlib's state is kept for the next value, in a bounded pool, and after a failure too")
    func pool() async throws {
        let codec = TextCodec.text().compressed(above: 0)
        let encoded = try codec.encode(Self.long)
        let text = Self.long
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    for _ in 0..<50 {
                        #expect(throws: Never.self) { try codec.encode(text) }
                        #expect((try? codec.decode(encoded)) == text)
                        _ = try? codec.decode(EncodedValue(Array(encoded.array.dropLast(3)), .text, .zlib))
                    }
                }
            }
        }
        #expect((1...ZlibStreamPool.capacity).contains(ZlibStreamPool.deflating.idleCount))
        #expect((1...ZlibStreamPool.capacity).contains(ZlibStreamPool.inflating.idleCount))
    }
}
