import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("The native flags convention", .fewAtATime)
struct NativeFlagsTests {
    private static let formats: [ValueFormat] = [
        .json, .binaryPropertyList, .xmlPropertyList, .text, .integer, .double, .bool, .bytes,
    ]

    @Test("Flags are as documented, and stay so: stored items must be readable for ever")
    func golden() throws {
        let golden: [(ValueFormat, UInt32)] = [
            (.json, 0x1_0010), (.binaryPropertyList, 0x2_0000), (.xmlPropertyList, 0x3_0010), (.text, 0x4_0010),
            (.integer, 0x5_0002), (.double, 0x6_0010), (.bool, 0x7_0002), (.bytes, 0x8_0000), (.custom(0), 0x7f00_0000),
            (.custom(255), 0x7fff_0000), (.unmarked, 0), (.unmarked(as: .string), 16), (.unmarked(as: .int), 2),
        ]
        for (format, flags) in golden {
            let plain = try FlagsConvention.native.pack(EncodedValue("1", format))
            #expect(plain.flags == flags)
            #expect(String(buffer: plain.bytes) == "1")
            #expect(try FlagsConvention.native.pack(EncodedValue("1", format, .zlib)).flags == flags | 8)
        }
        #expect(NativeFlags.entries.count == Self.formats.count)
    }

    @Test("No two formats share flags, none uses bit 31 or the compression bit, none is in the users' range")
    func noOverlap() throws {
        let custom = UInt8.min...UInt8.max
        let all = Self.formats + custom.map { ValueFormat.custom($0) }
        let flags = try all.map { try FlagsConvention.native.pack(EncodedValue("", $0)).flags }
        #expect(Set(flags).count == all.count)
        #expect(Set(flags.map { $0 >> 16 }).count == all.count)
        #expect(flags.allSatisfy { $0 & 0x8000_0000 == 0 && $0 & NativeFlags.compressed == 0 && $0 >> 16 != 0 })
        #expect(NativeFlags.entries.allSatisfy { $0.number < NativeFlags.firstCustomNumber })
        #expect(Set(NativeFlags.entries.map(\.format)) == Set(Self.formats))
    }

    @Test("Each format and compression comes back from its flags")
    func roundTrip() throws {
        for format in Self.formats + [.custom(0), .custom(77), .custom(255), .unmarked, .unmarked(as: .string)] {
            for compression in [ValueCompression.none, .zlib] {
                let value = EncodedValue("x", format, compression)
                let (flags, bytes) = try FlagsConvention.native.pack(value)
                #expect(try FlagsConvention.native.unpack(flags: flags, bytes: bytes) == value)
            }
        }
    }

    @Test("python-memcached takes JSON for a str, integers and Booleans for an int, compressed values for zlib")
    func python() throws {
        // What python-memcached 1.62 does with flags, bit by bit.
        func pythonType(_ flags: UInt32) -> String {
            let flags = flags & ~8
            if flags == 0 { return "bytes" }
            if flags & 16 != 0 { return "str" }
            if flags & 2 != 0 || flags & 4 != 0 { return "int" }
            return flags & 1 != 0 ? "pickle" : "error"
        }
        let expected: [(ValueFormat, String)] = [
            (.json, "str"), (.text, "str"), (.xmlPropertyList, "str"), (.double, "str"), (.integer, "int"),
            (.bool, "int"),
            (.unmarked, "bytes"), (.bytes, "error"),
        ]
        for (format, type) in expected {
            #expect(try pythonType(FlagsConvention.native.pack(EncodedValue("1", format, .zlib)).flags) == type)
        }
    }

    @Test("Unmarked items, python-memcached's too, read as text, JSON, number or bytes by whichever codec asks")
    func unmarked() throws {
        for flags: UInt32 in [0, 16, 2, 4] {
            let value = try FlagsConvention.native.unpack(flags: flags, bytes: ByteBuffer(string: "42"))
            #expect(value.format.isUnmarked)
            #expect(try TextCodec.text().decode(value) == "42")
            #expect(try JSONCodec<Int>.json().decode(value) == 42)
            #expect(try IntegerCodec<Int>.integer().decode(value) == 42)
            #expect(try FloatingPointCodec<Double>.double().decode(value) == 42)
            #expect(try ByteCollectionCodec<[UInt8]>.bytes().decode(value) == Array("42".utf8))
        }
        let long = String(repeating: "abc", count: 100)
        let deflated = try TextCodec.text().compressed(above: 0).encode(long)
        let value = try FlagsConvention.native.unpack(flags: 24, bytes: deflated.bytes)
        #expect(try TextCodec.text().compressed(above: 0).decode(value) == long)
        let pickled = try FlagsConvention.native.unpack(flags: 1, bytes: ByteBuffer(string: "I01\n."))
        let error = expectCodecError(.foreignFormat) { try BoolCodec.bool().decode(pickled) }
        #expect(error?.message.contains("Python pickle") == true)
    }

    @Test(
        "Flags of other conventions are an error that says what to do",
        arguments: [
            0x100, 0x300, 32, 0x8000_0000, 0x1_0000, 0x1_0012, 0x9_0010, 0x7f00_0010, 0x1234_0001, 0xffff_ffff, 42,
        ]
            as [UInt32]
    )
    func unknown(flags: UInt32) {
        let error = expectCodecError(.unknownFlags) {
            try FlagsConvention.native.unpack(flags: flags, bytes: ByteBuffer(string: "x"))
        }
        #expect(error?.message.contains("0x\(String(flags, radix: 16))") == true)
        #expect(error?.message.contains("FlagsConvention") == true)
    }

    @Test("No flags bring the convention down, and what it reads it would write")
    func anyFlags() throws {
        var random = CodingRandom(state: 3)
        for round in 0..<40_000 {
            let flags = round < 20_000 ? UInt32(round) : UInt32.random(in: 0...UInt32.max, using: &random)
            guard let value = try? FlagsConvention.native.unpack(flags: flags, bytes: ByteBuffer()),
                !value.format.isForeign
            else { continue }
            let written = try FlagsConvention.native.pack(value).flags
            #expect(written == flags || flags & ~8 == 4, "\(flags)")
        }
    }

    @Test("What the convention can't mark is refused")
    func unrepresentable() {
        expectCodecError(.unrepresentable) { try FlagsConvention.native.pack(EncodedValue("x", .json, .gzip)) }
        expectCodecError(.unrepresentable) { try FlagsConvention.native.pack(EncodedValue("x", .json, .fastlz)) }
        let error = expectCodecError(.unrepresentable) { try FlagsConvention.native.pack(EncodedValue("x", .pickle)) }
        #expect(error?.message == "the native convention has no flags for Python pickle")
    }
}
