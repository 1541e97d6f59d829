import Foundation
import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("Property list codec", .fewAtATime)
struct PropertyListCodecTests {
    struct Everything: Codable, Equatable {
        var text = "grüß 🎉 <&>\"'", empty = "", yes = true, no = false
        var integers = [0, -1, Int(Int8.max), Int.min, Int.max]
        var unsigned = UInt64.max
        var double = 1.5, float = Float(0.25)
        var date = Date(timeIntervalSinceReferenceDate: 700_000_000)
        var data = Data((0..<300).map { UInt8($0 % 256) })
        var optional: Int?
        var map = ["a": [1, 2], "b": []]
        var profiles = [CodedProfile.ada, .ada]
    }

    @Test("Structs with everything in them come back", arguments: PropertyListFormat.allCases)
    func everything(format: PropertyListFormat) throws {
        let codec: any ValueCodec<Everything> = .propertyList(format)
        let encoded = try codec.encode(Everything())
        #expect(encoded.format == (format == .binary ? .binaryPropertyList : .xmlPropertyList))
        #expect(encoded.string.hasPrefix(format == .binary ? "bplist00" : "<?xml"))
        #expect(try codec.decode(encoded) == Everything())
    }

    @Test("Collections of any size come back", arguments: [0, 1, 14, 15, 16, 255, 256, 300, 20_000])
    func sizes(count: Int) throws {
        let map = Dictionary(uniqueKeysWithValues: (0..<count).map { ("key \($0)", [$0]) })
        #expect(try roundTrip(map, .binary) == map)
        if count < 1_000 { #expect(try roundTrip(map, .xml) == map) }
        #expect(try roundTrip([String(repeating: "é", count: count)], .binary).first?.count == count)
    }

    @Test("A list that repeats values and keys but shares no arrays passes, however many objects it has")
    func shared() throws {
        let limits = PropertyListLimits(objects: 100)
        func check<Value: Codable & Equatable>(_ value: Value) throws {
            let codec: any ValueCodec<Value> = .propertyList(limits: limits)
            #expect(try codec.decode(codec.encode(value)) == value)
        }
        try check(Array(repeating: ["name": 1, "visits": 1], count: 5_000))
        try check(Array(repeating: true, count: 20_000))
        try check(Array(repeating: CodedProfile.ada, count: 1_000))
    }

    @Test("512 levels are read in a task's stack; more can't be stored", arguments: PropertyListFormat.allCases)
    func depth(format: PropertyListFormat) async throws {
        let decoded = try await Task.detached { try roundTrip(CodedTree.chain(256), format) }.value
        #expect(decoded == .chain(256))
        let error = expectCodecError(.notEncodable) { try roundTrip(CodedTree.chain(257), format) }
        #expect((error?.cause as? ValueCodecError)?.code == .refusedPropertyList)
    }

    @Test("A top that is neither array nor dictionary can't be encoded", arguments: PropertyListFormat.allCases)
    func fragments(format: PropertyListFormat) {
        let error = expectCodecError(.notEncodable) { try PropertyListCodec<Int>.propertyList(format).encode(5) }
        #expect(error?.cause is EncodingError)
    }

    @Test(
        "A list that doesn't fit the type says where, without quoting the value",
        arguments: PropertyListFormat.allCases
    )
    func misfit(format: PropertyListFormat) throws {
        let stored = try PropertyListCodec<[[String: String]]>.propertyList(format).encode([["name": "secret"]])
        let error = expectCodecError(.typeMismatch) {
            try PropertyListCodec<[CodedProfile]>.propertyList(format).decode(stored)
        }
        #expect(error?.message.contains("no 'visits' at '0'") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("Unmarked lists of the codec's own format are read, others refused by name")
    func otherFormats() throws {
        let binary = EncodedValue(bytes: try encode([1, 2], .binary), format: .unmarked)
        let xml = EncodedValue(bytes: try encode([1, 2], .xml), format: .unmarked(as: .string))
        let openStep = EncodedValue("( 1, 2 )", .unmarked)
        #expect(try PropertyListCodec<[Int]>.propertyList().decode(binary) == [1, 2])
        #expect(try PropertyListCodec<[Int]>.propertyList(.xml).decode(xml) == [1, 2])
        for (value, other) in [(xml, "XML"), (openStep, "no binary property list")] {
            let error = expectCodecError(.refusedPropertyList) {
                try PropertyListCodec<[Int]>.propertyList().decode(value)
            }
            #expect(error?.message.contains(other) == true)
        }
        for (value, other) in [(binary, "are a binary"), (openStep, "no XML property list")] {
            let error = expectCodecError(.refusedPropertyList) {
                try PropertyListCodec<[Int]>.propertyList(.xml).decode(value)
            }
            #expect(error?.message.contains(other) == true)
        }
    }

    private func encode<Value: Codable>(_ value: Value, _ format: PropertyListFormat) throws -> ByteBuffer {
        try PropertyListCodec<Value>.propertyList(format).encode(value).bytes
    }
}

private func roundTrip<Value: Codable>(_ value: Value, _ format: PropertyListFormat) throws -> Value {
    let codec = PropertyListCodec<Value>.propertyList(format)
    return try codec.decode(codec.encode(value))
}
