import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("Other clients' flags conventions", .fewAtATime)
struct ForeignFlagsTests {
    private static let conventions: [FlagsConvention] = [
        .pythonMemcached, .pylibmc, .bmemcached, .libmc, .spymemcached, .dalli, .dalliJSON, .phpMemcached,
        .peclMemcache,
        .cacheMemcached,
    ]

    private static let formats: [ValueFormat] = [
        .json, .binaryPropertyList, .xmlPropertyList, .text, .integer, .double, .bool, .bytes,
    ]

    private static let bytes = ByteCollectionCodec<[UInt8]>.bytes()

    private func store<Value>(
        _ value: Value,
        _ codec: some ValueCodec<Value>,
        _ flags: FlagsConvention
    ) throws -> (flags: UInt32, bytes: [UInt8]) {
        let (flags, bytes) = try flags.pack(codec.encode(value))
        return (flags, Array(bytes.readableBytesView))
    }

    @Test("Every convention gives every codec's values back, compressed or not", arguments: conventions.indices)
    func roundTrip(index: Int) throws {
        let flags = Self.conventions[index]
        func check<Value: Equatable>(_ value: Value, _ codec: some ValueCodec<Value>) throws {
            let reader = codec.compressed(above: 0)
            for encoded in [try codec.encode(value), try reader.encode(value)] {
                let (number, bytes) = try flags.pack(encoded)
                #expect(try reader.decode(flags.unpack(flags: number, bytes: bytes)) == value, "\(flags) \(codec.name)")
            }
        }
        let long = String(repeating: "to be or not to be ", count: 50)
        try check(CodedProfile(name: long, visits: -1), .json())
        try check(CodedProfile(name: long, visits: -1), .propertyList())
        try check(CodedProfile(name: long, visits: -1), .propertyList(.xml))
        try check(long, .text())
        try check("", .text())
        for integer in [0, 1, -1, 127, 128, 255, 256, -256, Int.max, Int.min, 1_111_111_111_111_111_111] {
            try check(integer, .integer())
        }
        for double in [0, -0.0, 0.1, 1e22, -2.5e-10, .infinity, -.infinity, .pi, 100_000] {
            try check(double, .double())
        }
        try check(true, .bool())
        try check(false, .bool())
        try check(Array(repeating: 200, count: 300), Self.bytes)
    }

    @Test("In each convention compressed and plain values of a format differ, and so do integers and text")
    func noOverlap() throws {
        let zeros = try BytesCodec.bytes().compressed(above: 0).encode(ByteBuffer(repeating: 48, count: 100))
        for convention in Self.conventions {
            for format in Self.formats where ![.integer, .double, .bool].contains(format) {
                let plain = try convention.pack(EncodedValue("1", format)).flags
                let compressed = try convention.pack(
                    EncodedValue(bytes: zeros.bytes, format: format, compression: .zlib)
                ).flags
                #expect(plain & compressed == plain && plain != compressed, "\(convention) \(format)")
            }
            let scalars = try [ValueFormat.text, .integer].map { try convention.pack(EncodedValue("1", $0)).flags }
            let isRaw = convention.name.hasPrefix("dalli")
            #expect(Set(scalars).count == (isRaw ? 1 : 2), "\(convention)")
        }
    }

    @Test("python clients get the flags and bytes that they would write")
    func python() throws {
        #expect(try store("a", .text(), .pythonMemcached) == (16, [97]))
        #expect(try store(42, .integer(), .pythonMemcached) == (2, Array("42".utf8)))
        #expect(try store([1], Self.bytes, .pythonMemcached) == (0, [1]))
        #expect(try store(42, .integer(), .pylibmc) == (4, Array("42".utf8)))
        #expect(try store(true, .bool(), .pylibmc) == (2, [49]))
        #expect(try store("a", .text(), .bmemcached) == (0, [97]))
        #expect(try store([1], Self.bytes, .bmemcached) == (16, [1]))
        #expect(try store(42, .integer(), .libmc) == (4, Array("42".utf8)))
        #expect(try store(false, .bool(), .libmc) == (8, [48]))
        #expect(try store([1], Self.bytes, .libmc) == (0, [1]))
        let long = String(repeating: "a", count: 1_000)
        #expect(try store(long, .text().compressed(above: 0), .pythonMemcached).flags == 24)
        #expect(try store(long, .text().compressed(above: 0), .libmc).flags == 16)
    }

    @Test("php-memcached gets its words for numbers, and a length before compressed bytes")
    func php() throws {
        #expect(try store(true, .bool(), .phpMemcached) == (3, [49]))
        #expect(try store(false, .bool(), .phpMemcached) == (3, []))
        #expect(try store(1.5, .double(), .phpMemcached) == (2, Array("1.5".utf8)))
        #expect(try store(-.infinity, .double(), .phpMemcached) == (2, Array("-Infinity".utf8)))
        #expect(try store(.infinity, .double(), .phpMemcached) == (2, Array("Infinity".utf8)))
        #expect(try store(.nan, .double(), .phpMemcached) == (2, Array("NaN".utf8)))
        #expect(try store([1], JSONCodec<[Int]>.json(), .phpMemcached) == (6, Array("[1]".utf8)))
        let long = String(repeating: "a", count: 1_000)
        let (flags, bytes) = try store(long, .text().compressed(above: 0), .phpMemcached)
        #expect(flags == 0x30)
        #expect(Array(bytes.prefix(5)) == [0xe8, 0x03, 0, 0, 0x78])
        #expect(try store([long], JSONCodec<[String]>.json().compressed(above: 0), .phpMemcached).flags == 0x36)
    }

    @Test("A length that php-memcached would lie about is not believed")
    func phpLength() throws {
        let deflated = try TextCodec.text().compressed(above: 0).encode(String(repeating: "a", count: 1_000))
        var bytes = ByteBuffer(bytes: [0xff, 0xff, 0xff, 0xff])
        bytes.writeImmutableBuffer(deflated.bytes)
        let value = try FlagsConvention.phpMemcached.unpack(flags: 0x30, bytes: bytes)
        #expect(try value.inflated().bytes.readableBytes == 1_000)
        for flags: UInt32 in [0x30, 0x50] {
            expectCodecError(.truncated) {
                try FlagsConvention.phpMemcached.unpack(flags: flags, bytes: ByteBuffer(bytes: [1, 2]))
            }
        }
        for flags: UInt32 in [0x10, 0x20, 0x40, 0x70, 0x60, 8, 15, 0x80] {
            expectCodecError(.unknownFlags) {
                try FlagsConvention.phpMemcached.unpack(flags: flags, bytes: ByteBuffer(bytes: [1, 2, 3, 4, 5]))
            }
        }
    }

    @Test("spymemcached gets big-endian numbers without leading zeros, and gzip")
    func java() throws {
        #expect(try store(0, .integer(), .spymemcached) == (0x300, []))
        #expect(try store(256, .integer(), .spymemcached) == (0x300, [1, 0]))
        #expect(try store(-1, .integer(), .spymemcached) == (0x300, Array(repeating: 255, count: 8)))
        #expect(try store(1.5, .double(), .spymemcached) == (0x700, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]))
        #expect(try store(0.0, .double(), .spymemcached) == (0x700, []))
        #expect(try store(true, .bool(), .spymemcached) == (0x100, [49]))
        #expect(try store("a", .text(), .spymemcached) == (0, [97]))
        #expect(try store([1], Self.bytes, .spymemcached) == (0x800, [1]))
        let (flags, bytes) = try store(
            String(repeating: "a", count: 1_000),
            .text().compressed(above: 0),
            .spymemcached
        )
        #expect(flags == 2)
        #expect(Array(bytes.prefix(3)) == [0x1f, 0x8b, 8])
        #expect(Array(bytes.suffix(4)) == [0xe8, 0x03, 0, 0])
    }

    @Test("Java's other numbers are read: Integer, Byte, Date, Float")
    func javaNumbers() throws {
        func read(_ flags: UInt32, _ bytes: [UInt8]) throws -> String {
            try FlagsConvention.spymemcached.unpack(flags: flags, bytes: ByteBuffer(bytes: bytes)).string
        }
        #expect(try read(0x200, [255, 255, 255, 255]) == "-1")
        #expect(try read(0x200, [255]) == "255")
        #expect(try read(0x200, []) == "0")
        #expect(try read(0x500, [249]) == "-7")
        #expect(try read(0x400, [1, 0, 0, 0, 0, 0]) == "1099511627776")
        #expect(try read(0x600, [0x3d, 0xcc, 0xcc, 0xcd]) == "0.1")
        #expect(try read(0x600, []) == "0.0")
        #expect(try read(0x700, [0x7f, 0xf0, 0, 0, 0, 0, 0, 0]) == "inf")
        for (flags, count) in [(0x200, 5), (0x300, 9), (0x500, 2), (0x600, 5), (0x700, 9)] as [(UInt32, Int)] {
            expectCodecError(.corrupted) { try read(flags, Array(repeating: 1, count: count)) }
        }
        expectCodecError(.corrupted) { try read(0x302, [1, 2, 3]) }
    }

    @Test("A compressed Java number inflates to no more bytes than it has")
    func compressedJavaNumbers() throws {
        func read(_ type: UInt32, _ contents: [UInt8]) throws -> String {
            // A byte[] in gzip, its type then changed.
            let packed = try FlagsConvention.spymemcached.pack(
                ByteCollectionCodec<[UInt8]>.bytes().compressed(above: 0).encode(contents)
            )
            #expect(packed.flags == 0x802)
            return try FlagsConvention.spymemcached.unpack(flags: type | 2, bytes: packed.bytes).string
        }
        let zeros = [UInt8](repeating: 0, count: 10_000)
        for type: UInt32 in [0x200, 0x300, 0x400, 0x500, 0x600, 0x700] {
            expectCodecError(.tooLarge) { try read(type, zeros) }
        }
    }

    @Test("What a convention can't represent is refused by name")
    func unrepresentable() {
        let tooLarge = expectCodecError(.unrepresentable) { try store(UInt64.max, .integer(), .spymemcached) }
        #expect(tooLarge?.message.contains("spymemcached") == true)
        let long = String(repeating: "a", count: 1_000)
        let raw = expectCodecError(.unrepresentable) { try store(long, .text().compressed(above: 0), .raw) }
        #expect(raw?.message == "the raw convention has no flags for zlib compression")
        for convention in Self.conventions {
            expectCodecError(.unrepresentable) { try convention.pack(EncodedValue("x", .custom(1))) }
            expectCodecError(.unrepresentable) { try convention.pack(EncodedValue("x", .pickle)) }
        }
    }

    @Test("Raw items are read by any codec whatever their flags, and written with those that were asked for")
    func raw() throws {
        for flags: UInt32 in [0, 42, 16, 0xffff_ffff] {
            let value = try FlagsConvention.raw.unpack(flags: flags, bytes: ByteBuffer(string: "42"))
            #expect(try IntegerCodec<Int>.integer().decode(value) == 42)
            #expect(try TextCodec.text().decode(value) == "42")
        }
        #expect(try store("a", .text(), .raw) == (0, [97]))
        #expect(try store("a", .text(), .raw(flags: 42)) == (42, [97]))
    }

    @Test("No flags and no bytes bring a convention down")
    func anything() {
        var random = CodingRandom(state: 9)
        for convention in Self.conventions {
            for round in 0..<1_500 {
                let flags = round < 1_100 ? UInt32(round) : UInt32.random(in: 0...UInt32.max, using: &random)
                let bytes = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let buffer = ByteBuffer(bytes: bytes)
                _ = try? convention.unpack(flags: flags, bytes: buffer)
                _ = try? convention.describe(flags: flags, bytes: buffer)
                for format in Self.formats { _ = try? convention.pack(EncodedValue(bytes, format)) }
            }
        }
    }

    @Test("A convention of one's own is used like the others")
    func own() throws {
        let convention = FlagsConvention(name: "own") { value in
            (7, value.bytes)
        } unpack: { (flags, bytes) throws(ValueCodecError) in
            guard flags == 7 else { throw ValueCodecError(.unknownFlags, "not 7") }
            return EncodedValue(bytes: bytes, format: .text)
        }
        #expect(try store("a", .text(), convention) == (7, [97]))
        #expect(try convention.unpack(flags: 7, bytes: ByteBuffer(string: "a")).format == .text)
        expectCodecError(.unknownFlags) { try convention.unpack(flags: 8, bytes: ByteBuffer()) }
        #expect(convention.description == "own")
    }
}
