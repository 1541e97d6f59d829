import Foundation
import Memcached
import NIOCore
import TestSupport
import Testing

/// Holds a codec as a dictionary does.
private struct Shelf<Value: Sendable>: Sendable {
    let codec: any ValueCodec<Value>

    init(_ name: String, codec: any ValueCodec<Value>) {
        self.codec = codec
    }

    func roundTrip(_ value: Value) throws -> Value {
        try codec.decode(codec.encode(value))
    }
}

private struct PointCodec: ValueCodec {
    var name: String { "point" }

    func encode(_ value: Int64) throws -> EncodedValue {
        EncodedValue(bytes: ByteBuffer(integer: value), format: .custom(0))
    }

    func decode(_ encoded: EncodedValue) throws -> Int64 {
        var bytes = try encoded.bytes(as: .custom(0), readBy: name)
        guard let x = bytes.readInteger(as: Int64.self) else { throw ValueCodecError(.corrupted, "no point") }
        return x
    }
}

@Suite("Codecs where a codec is wanted", .fewAtATime)
struct CodecChainTests {
    @Test("Every codec's static function chains against any ValueCodec, and its values come back")
    func chains() throws {
        #expect(try Shelf<CodedProfile>("profiles", codec: .json()).roundTrip(.ada) == .ada)
        #expect(try Shelf<CodedProfile>("profiles", codec: .json().compressed(above: 1_024)).roundTrip(.ada) == .ada)
        #expect(try Shelf<CodedProfile>("profiles", codec: .propertyList()).roundTrip(.ada) == .ada)
        #expect(
            try Shelf<CodedProfile>("profiles", codec: .propertyList(.xml).compressed(above: 10)).roundTrip(.ada)
                == .ada
        )
        #expect(try Shelf<String>("s", codec: .text()).roundTrip("grüß") == "grüß")
        #expect(try Shelf<String>("s", codec: .text().compressed(above: 10, level: .smallest)).roundTrip("a") == "a")
        #expect(try Shelf<Int>("i", codec: .integer()).roundTrip(-5) == -5)
        #expect(try Shelf<UInt64>("i", codec: .integer().compressed(above: 1)).roundTrip(.max) == .max)
        #expect(try Shelf<Double>("d", codec: .double()).roundTrip(0.1) == 0.1)
        #expect(try Shelf<Float>("d", codec: .float()).roundTrip(0.1) == 0.1)
        #expect(try Shelf<Bool>("b", codec: .bool()).roundTrip(true))
        #expect(try Shelf<ByteBuffer>("b", codec: .bytes()).roundTrip(ByteBuffer(bytes: [0, 255])).readableBytes == 2)
        #expect(try Shelf<[UInt8]>("b", codec: .bytes()).roundTrip([0, 255]) == [0, 255])
        #expect(
            try Shelf<Data>("b", codec: .bytes().compressed(above: 0)).roundTrip(Data([0, 255])) == Data([0, 255])
        )
        #expect(try Shelf<Int64>("p", codec: PointCodec().compressed(above: 0)).roundTrip(7) == 7)
        #expect(try Shelf<[String: [Int]]>("m", codec: .json()).roundTrip(["a": [1]]) == ["a": [1]])
    }

    @Test("Codecs' names say how they write")
    func names() {
        let codec: any ValueCodec<CodedProfile> = .json().compressed(above: 1)
        #expect(codec.name == "json, zlib-compressed")
        let list: any ValueCodec<CodedProfile> = .propertyList()
        #expect(list.name == "binary property list")
        let xml: any ValueCodec<CodedProfile> = .propertyList(.xml)
        #expect(xml.name == "XML property list")
    }

    @Test("A value stored by one codec and read by another throws an error that names both")
    func mismatch() throws {
        let stored: [(ValueFormat, EncodedValue)] = [
            (.json, try JSONCodec<Int>.json().encode(5)),
            (.binaryPropertyList, try PropertyListCodec<[Int]>.propertyList().encode([5])),
            (.xmlPropertyList, try PropertyListCodec<[Int]>.propertyList(.xml).encode([5])),
            (.text, TextCodec.text().encode("5")),
            (.integer, IntegerCodec<Int>.integer().encode(5)),
            (.double, FloatingPointCodec<Double>.double().encode(5)),
            (.bool, BoolCodec.bool().encode(true)),
            (.bytes, BytesCodec.bytes().encode(ByteBuffer(string: "5"))),
            (.custom(0), try PointCodec().encode(5)),
        ]
        let readers: [(ValueFormat, any ValueCodec)] = [
            (.json, JSONCodec<Int>.json()),
            (.binaryPropertyList, PropertyListCodec<[Int]>.propertyList()),
            (.xmlPropertyList, PropertyListCodec<[Int]>.propertyList(.xml)),
            (.text, TextCodec.text()),
            (.integer, IntegerCodec<Int>.integer()),
            (.double, FloatingPointCodec<Double>.double()),
            (.bool, BoolCodec.bool()),
            (.bytes, BytesCodec.bytes()),
            (.bytes, ByteCollectionCodec<[UInt8]>.bytes()),
            (.custom(0), PointCodec()),
        ]
        for (format, value) in stored {
            // Flags carry the format, so what the reader meets is what the writer meant.
            let (flags, bytes) = try FlagsConvention.native.pack(value)
            let met = try FlagsConvention.native.unpack(flags: flags, bytes: bytes)
            #expect(met == value)
            for (own, reader) in readers {
                guard own != format else {
                    #expect(throws: Never.self) { try decode(met, with: reader) }
                    continue
                }
                let error = expectCodecError(.formatMismatch) { try decode(met, with: reader) }
                #expect(error?.message == "stored as \(format), read by the \(reader.name) codec")
            }
        }
    }

    @Test("A plain codec refuses a compressed value and says what to do")
    func plainReadsCompressed() throws {
        let text = String(repeating: "abc", count: 100)
        let value = try TextCodec.text().compressed(above: 0).encode(text)
        #expect(value.compression == .zlib)
        let error = expectCodecError(.formatMismatch) { try TextCodec.text().decode(value) }
        #expect(error?.message.contains("zlib-compressed") == true)
        #expect(error?.message.contains("the text codec") == true)
        #expect(error?.message.contains("add .compressed(above:)") == true)
    }

    @Test("A foreign serializer's value throws an error that names it")
    func foreign() {
        let error = expectCodecError(.foreignFormat) {
            try JSONCodec<Int>.json().decode(EncodedValue("I5\n.", .pickle))
        }
        #expect(error?.message.contains("stored as Python pickle, read by the json codec") == true)
    }

    private func decode(_ value: EncodedValue, with codec: some ValueCodec) throws {
        _ = try codec.decode(value)
    }
}
