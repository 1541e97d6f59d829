import Foundation
import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("Descriptions of stored values", .fewAtATime)
struct ValueDescriptionTests {
    private func describe<Value>(_ value: Value, _ codec: some ValueCodec<Value>) throws -> ValueDescription {
        let (flags, bytes) = try FlagsConvention.native.pack(codec.encode(value))
        return try FlagsConvention.native.describe(flags: flags, bytes: bytes)
    }

    private func describe(_ flags: UInt32, _ bytes: [UInt8]) throws -> (ValueKind, String, String) {
        let description = try FlagsConvention.native.describe(flags: flags, bytes: ByteBuffer(bytes: bytes))
        return (description.kind, description.codec, description.text)
    }

    @Test("Each codec's value is described by kind, codec and text")
    func codecs() throws {
        func check(_ description: ValueDescription, _ kind: ValueKind, _ codec: String, _ text: String) {
            #expect(description.kind == kind)
            #expect(description.codec == codec)
            #expect(description.text == text)
            #expect(!description.isCompressed)
        }
        check(try describe([1, 2], .json()), .json, "json", "[1,2]")
        check(try describe("42", .text()), .string, "text", "42")
        check(try describe(-42, .integer()), .int, "integer", "-42")
        check(try describe(2.0, .double()), .double, "double", "2.0")
        check(try describe(true, .bool()), .bool, "bool", "true")
        check(try describe(false, .bool()), .bool, "bool", "false")
        check(try describe(Array("hi".utf8), .bytes()), .bytes, "bytes", "aGk=")
        let binary = try PropertyListCodec<[Int]>.propertyList().encode([1])
        check(
            try describe([1], .propertyList()),
            .plist,
            "binary property list",
            Data(binary.array).base64EncodedString()
        )
        let xml = try PropertyListCodec<[Int]>.propertyList(.xml).encode([1])
        check(try describe([1], .propertyList(.xml)), .plist, "XML property list", xml.string)
    }

    @Test("A compressed value is described inflated")
    func compressed() throws {
        let text = String(repeating: "abc", count: 100)
        let description = try describe(text, .text().compressed(above: 0))
        #expect(description.isCompressed)
        #expect(description.kind == .string)
        #expect(description.text == text)
        #expect(description.bytes.readableBytes == 300)
        let (flags, bytes) = try FlagsConvention.native.pack(TextCodec.text().compressed(above: 0).encode(text))
        expectCodecError(.tooLarge) {
            try FlagsConvention.native.describe(flags: flags, bytes: bytes, inflationLimit: 299)
        }
    }

    @Test("Unmarked values are described by their bytes")
    func unmarked() throws {
        #expect(try describe(0, Array("42".utf8)) == (.int, "integer", "42"))
        #expect(try describe(0, Array("6 ".utf8)) == (.int, "integer", "6"))
        #expect(try describe(0, Array("18446744073709551616".utf8)) == (.int, "integer", "18446744073709551616"))
        #expect(try describe(0, Array("4.2".utf8)) == (.string, "text", "4.2"))
        // An array or an object in JSON, also where another client marks it as a string; nothing else that JSON may be.
        for flags in [0, 16] as [UInt32] {
            for text in [
                "{\"a\":1}\n", " [1, {}]", "{}", "[\",]\"]",
                String(repeating: "[", count: 512) + String(repeating: "]", count: 512),
            ] {
                #expect(try describe(flags, Array(text.utf8)) == (.json, "json", text))
            }
            for text in [
                "[draft]", "{", "{\"a\":1}}", "[1,]", "{\"a\":1 , }", "\"a\"", "null", "[\u{0}1\u{0}]\u{0}",
                String(repeating: "[", count: 100_000),
                String(repeating: "[", count: 513) + String(repeating: "]", count: 513),
            ] where flags == 16 || !text.contains("\0") {
                #expect(try describe(flags, Array(text.utf8)) == (.string, "text", text))
            }
            #expect(try describe(flags, [0x5b, 0x22, 0xff, 0x22, 0x5d]).0 == .bytes)
        }
        #expect(try describe(0x4_0010, Array("[1]".utf8)) == (.string, "text", "[1]"))
        #expect(try describe(0, []) == (.string, "text", ""))
        #expect(try describe(0, [0, 1, 2]) == (.bytes, "bytes", "AAEC"))
        #expect(try describe(0, [0xff]) == (.bytes, "bytes", "/w=="))
        #expect(try describe(16, Array("42".utf8)) == (.string, "text", "42"))
        #expect(try describe(2, Array("42".utf8)) == (.int, "integer", "42"))
        #expect(try describe(1, Array("I1\n.".utf8)) == (.bytes, "Python pickle", "STEKLg=="))
        #expect(try describe(0, Array("bplist00".utf8)).0 == .plist)
    }

    @Test("Bytes that are not what their flags say are described as what they are")
    func misleading() throws {
        #expect(try describe(0x5_0002, Array("word".utf8)) == (.string, "text", "word"))
        #expect(try describe(0x6_0010, Array("word".utf8)) == (.string, "text", "word"))
        #expect(try describe(0x7_0002, Array("word".utf8)) == (.string, "text", "word"))
        #expect(try describe(0x1_0010, [0xff]) == (.bytes, "bytes", "/w=="))
        #expect(try describe(0x7f03_0000, [0xff]) == (.bytes, "custom format 3", "/w=="))
    }
}
