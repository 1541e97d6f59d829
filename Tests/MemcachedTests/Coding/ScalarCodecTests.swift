import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("Text, number, Bool and bytes codecs", .fewAtATime)
struct ScalarCodecTests {
    @Test("Text comes back unchanged", arguments: ["", "a", "grüß dich 🎉", "\u{feff}bom", "nul\u{0}", "spaces  "])
    func text(text: String) throws {
        let encoded = TextCodec.text().encode(text)
        #expect(encoded.format == .text)
        #expect(encoded.array == Array(text.utf8))
        #expect(try Array(TextCodec.text().decode(encoded).utf8) == Array(text.utf8))
    }

    @Test(
        "Bytes that are no UTF-8 are no text",
        arguments: [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]] as [[UInt8]]
    )
    func invalidText(bytes: [UInt8]) {
        expectCodecError(.invalidText) { try TextCodec.text().decode(EncodedValue(bytes, .unmarked)) }
    }

    @Test("Integers are decimal text and come back, at both ends of each type")
    func integers() throws {
        #expect(IntegerCodec<Int>.integer().encode(-42).string == "-42")
        try check(Int8.min, Int8.max, 0)
        try check(Int64.min, Int64.max, -1)
        try check(UInt64.min, UInt64.max, 7)
        try check(Int128.min, Int128.max, 7)
    }

    private func check<Value: FixedWidthInteger & Sendable>(_ values: Value...) throws {
        let codec = IntegerCodec<Value>.integer()
        for value in values {
            #expect(codec.encode(value).string == String(value))
            #expect(try codec.decode(codec.encode(value)) == value)
        }
    }

    @Test("A counter that the server padded with spaces is read")
    func padding() throws {
        #expect(try IntegerCodec<Int>.integer().decode(EncodedValue("6 ", .unmarked)) == 6)
        #expect(try IntegerCodec<Int>.integer().decode(EncodedValue("6         ", .integer)) == 6)
        #expect(try FloatingPointCodec<Double>.double().decode(EncodedValue("1.5 ", .unmarked)) == 1.5)
        #expect(try BoolCodec.bool().decode(EncodedValue("1 ", .unmarked)))
    }

    @Test(
        "Garbage is no integer",
        arguments: ["", " ", "-", "--1", "+1", " 6", "6 6", "6x", "1.0", "0x10", "1e3", "٣", "1_000", "6\n", "6\u{0}"]
    )
    func notIntegers(text: String) {
        let error = expectCodecError(.invalidNumber) {
            try IntegerCodec<Int>.integer().decode(EncodedValue(text, .unmarked))
        }
        #expect(error?.message.contains("not a decimal integer") == true)
    }

    @Test("An integer that the type can't hold is an error that says so, not another number")
    func overflow() throws {
        let tooLarge = ["9223372036854775808", "-9223372036854775809", String(repeating: "9", count: 400)]
        for text in tooLarge {
            let error = expectCodecError(.invalidNumber) {
                try IntegerCodec<Int64>.integer().decode(EncodedValue(text, .integer))
            }
            #expect(error?.message.contains("out of the range of Int64") == true)
        }
        expectCodecError(.invalidNumber) { try IntegerCodec<UInt8>.integer().decode(EncodedValue("-1", .integer)) }
        expectCodecError(.invalidNumber) { try IntegerCodec<UInt8>.integer().decode(EncodedValue("256", .integer)) }
        expectCodecError(.invalidNumber) { try IntegerCodec<Int8>.integer().decode(EncodedValue("-129", .integer)) }
        #expect(try IntegerCodec<Int8>.integer().decode(EncodedValue("-0000128", .integer)) == -128)
        #expect(try IntegerCodec<UInt8>.integer().decode(EncodedValue("-0", .integer)) == 0)
    }

    @Test("Doubles are the shortest text that reads back as the same number")
    func doubles() throws {
        let codec = FloatingPointCodec<Double>.double()
        #expect(codec.encode(0.1).string == "0.1")
        #expect(codec.encode(1e22).string == "1e+22")
        let values: [Double] = [
            0, -0.0, 1, 0.1, 1 / 3, .pi, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
            .infinity,
            -.infinity, 123_456_789_012_345_680, -2.5e-10,
        ]
        for value in values {
            #expect(try codec.decode(codec.encode(value)).bitPattern == value.bitPattern)
        }
        #expect(try codec.decode(codec.encode(.nan)).isNaN)
        #expect(try codec.decode(codec.encode(-.nan)).isNaN)
        var random = CodingRandom(state: 1)
        for _ in 0..<2_000 {
            let value = Double(bitPattern: random.next())
            let decoded = try codec.decode(codec.encode(value))
            #expect(decoded == value || decoded.isNaN && value.isNaN)
        }
    }

    @Test("Floats are as short as a Float allows")
    func floats() throws {
        let codec = FloatingPointCodec<Float>.float()
        #expect(codec.encode(0.1).string == "0.1")
        for value: Float in [0.1, 1 / 3, .greatestFiniteMagnitude, -0.0, .infinity, .leastNonzeroMagnitude] {
            #expect(try codec.decode(codec.encode(value)).bitPattern == value.bitPattern)
        }
        expectCodecError(.invalidNumber) { try codec.decode(EncodedValue("1e39", .double)) }
    }

    @Test(
        "Other languages' ways to write a double are read",
        arguments: [
            (".1", 0.1), ("-.5", -0.5), ("2", 2), ("1e-07", 1e-7), ("1.0e+22", 1e22), ("1.0E-7", 1e-7), ("+1.5", 1.5),
            ("Infinity", .infinity), ("-Infinity", -.infinity), ("inf", .infinity), ("-INF", -.infinity),
        ] as [(String, Double)]
    )
    func foreignDoubles(text: String, value: Double) throws {
        #expect(try FloatingPointCodec<Double>.double().decode(EncodedValue(text, .unmarked)) == value)
    }

    @Test(
        "Garbage is no double, and neither is a number too large for one",
        arguments: [
            "", "-", ".", "e", "1e", "0x1p3", "1 2", "1,5", "infinite", "nan(1)", "1e999", "-1e999", "1.5\n", "\u{0}",
        ]
    )
    func notDoubles(text: String) {
        expectCodecError(.invalidNumber) {
            try FloatingPointCodec<Double>.double().decode(EncodedValue(text, .unmarked))
        }
    }

    @Test("A number of a hundred thousand digits is refused without work")
    func hugeNumber() {
        let digits = String(repeating: "1", count: 100_000)
        expectCodecError(.invalidNumber) {
            try FloatingPointCodec<Double>.double().decode(EncodedValue(digits, .unmarked))
        }
        expectCodecError(.invalidNumber) { try IntegerCodec<Int>.integer().decode(EncodedValue(digits, .unmarked)) }
    }

    @Test("Booleans are 1 and 0, and other words for them are read")
    func booleans() throws {
        let codec = BoolCodec.bool()
        #expect(codec.encode(true).string == "1")
        #expect(codec.encode(false).string == "0")
        for text in ["1", "true", "True", "TRUE"] { #expect(try codec.decode(EncodedValue(text, .unmarked))) }
        for text in ["0", "false", "False"] { #expect(try !codec.decode(EncodedValue(text, .unmarked))) }
        for text in ["", "2", "yes", "truetrue", "10", "01"] {
            expectCodecError(.invalidNumber) { try codec.decode(EncodedValue(text, .unmarked)) }
        }
    }

    @Test("Bytes come back as they are, empty ones too")
    func bytes() throws {
        for bytes: [UInt8] in [[], [0], Array(0...255)] {
            let buffer = ByteBuffer(bytes: bytes)
            let encoded = BytesCodec.bytes().encode(buffer)
            #expect(encoded.format == .bytes)
            #expect(try BytesCodec.bytes().decode(encoded) == buffer)
            #expect(try ByteCollectionCodec<[UInt8]>.bytes().decode(encoded) == bytes)
            #expect(ByteCollectionCodec<[UInt8]>.bytes().encode(bytes) == encoded)
        }
    }
}
