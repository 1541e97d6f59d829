import Foundation
import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("JSON codec", .fewAtATime)
struct JSONCodecTests {
    @Test("A struct is written as its JSON text and comes back")
    func structs() throws {
        let codec: any ValueCodec<CodedProfile> = .json()
        let encoded = try codec.encode(.ada)
        #expect(encoded.format == .json)
        let object = try JSONSerialization.jsonObject(with: Data(encoded.array)) as? [String: Any]
        #expect(object?["name"] as? String == "Ada")
        #expect(try codec.decode(encoded) == .ada)
    }

    @Test("Anything may stand at the top: numbers, strings, null, empty collections")
    func fragments() throws {
        #expect(try roundTrip(42) == ("42", 42))
        #expect(try roundTrip("a/b") == ("\"a/b\"", "a/b"))
        #expect(try roundTrip(true) == ("true", true))
        #expect(try roundTrip(Int?.none) == ("null", nil))
        #expect(try roundTrip([Int]()) == ("[]", []))
    }

    @Test("Any part of a buffer is decoded, wherever it begins")
    func slices() throws {
        var buffer = ByteBuffer(string: "xx{\"name\":\"Ada\",\"visits\":3,\"tags\":[]}yy")
        buffer.moveReaderIndex(forwardBy: 2)
        buffer.moveWriterIndex(to: buffer.writerIndex - 2)
        let value = try JSONCodec<CodedProfile>.json().decode(EncodedValue(bytes: buffer, format: .json))
        #expect(value == CodedProfile(name: "Ada", visits: 3))
    }

    @Test("Decoded data and strings outlive the bytes that they came from")
    func independence() throws {
        struct Holder: Codable, Equatable { var data: Data, text: String }
        let holder = Holder(data: Data(repeating: 7, count: 300), text: String(repeating: "long enough ", count: 30))
        for codec in [JSONCodec<Holder>.json() as any ValueCodec<Holder>, PropertyListCodec<Holder>.propertyList()] {
            var encoded = try codec.encode(holder)
            let decoded = try codec.decode(encoded)
            let count = encoded.bytes.readableBytes
            encoded.bytes.setRepeatingByte(0, count: count, at: encoded.bytes.readerIndex)
            encoded.bytes.clear()
            #expect(decoded == holder)
        }
    }

    @Test("Encoder and decoder can be configured")
    func configuration() throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys]
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        struct Account: Codable, Equatable { var firstName: String, lastVisit: Int }
        let codec: any ValueCodec<Account> = .json(encoder: encoder, decoder: decoder)
        let encoded = try codec.encode(Account(firstName: "Ada", lastVisit: 1))
        #expect(encoded.string == #"{"first_name":"Ada","last_visit":1}"#)
        #expect(try codec.decode(encoded).firstName == "Ada")
    }

    @Test("One codec serves many tasks at once")
    func concurrency() async throws {
        let codec: any ValueCodec<CodedProfile> = .json().compressed(above: 20)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    try (0..<200).allSatisfy { round in
                        let profile = CodedProfile(
                            name: "\(task)",
                            visits: round,
                            tags: Array(repeating: "tag", count: round)
                        )
                        return try codec.decode(codec.encode(profile)) == profile
                    }
                }
            }
            for try await intact in group { #expect(intact) }
        }
    }

    @Test("Unmarked documents are read, whoever stored them; text that a text codec marked is not")
    func unmarked() throws {
        let codec: any ValueCodec<[Int]> = .json()
        #expect(try codec.decode(EncodedValue("[1, 2]", .unmarked)) == [1, 2])
        #expect(try codec.decode(EncodedValue("[1, 2]", .unmarked(as: .string))) == [1, 2])
        #expect(try JSONCodec<Int>.json().decode(EncodedValue("6  ", .unmarked)) == 6)
        expectCodecError(.formatMismatch) { try codec.decode(EncodedValue("[1, 2]", .text)) }
    }

    @Test(
        "What isn't JSON is corrupted, and the error names format and codec",
        arguments: ["", "{", "[1 2]", "\u{0}", "x"]
    )
    func garbage(text: String) {
        let error = expectCodecError(.corrupted) { try JSONCodec<[Int]>.json().decode(EncodedValue(text, .unmarked)) }
        #expect(error?.message == "stored as unmarked bytes, read by the json codec: not valid JSON")
        #expect(error?.cause is DecodingError)
    }

    @Test("JSON that doesn't fit the type says where, without quoting the value")
    func misfits() {
        let codec = JSONCodec<[CodedProfile]>.json()
        let missing = expectCodecError(.typeMismatch) { try codec.decode(EncodedValue(#"[{"name":"secret"}]"#, .json)) }
        #expect(missing?.message.contains("no 'visits' at '0'") == true)
        let wrong = expectCodecError(.typeMismatch) {
            try codec.decode(EncodedValue(#"[{"name":"secret","visits":"secret","tags":[]}]"#, .json))
        }
        #expect(wrong?.message.contains("no Int at '0.visits'") == true)
        let tooLarge = expectCodecError(.typeMismatch) {
            try JSONCodec<[Int8]>.json().decode(EncodedValue("[300]", .json))
        }
        enum Color: String, Codable { case red }
        let unknown = expectCodecError(.typeMismatch) {
            try JSONCodec<Color>.json().decode(EncodedValue("\"secret\"", .json))
        }
        for error in [missing, wrong, tooLarge, unknown] { #expect(error?.message.contains("secret") == false) }
    }

    @Test("A document of 100,000 levels is refused with an error that says so", arguments: ["[", #"{"a":"#])
    func deep(opening: String) {
        let text = String(repeating: opening, count: 100_000)
        let error = expectCodecError(.nestedTooDeeply) {
            try JSONCodec<CodedTree>.json().decode(EncodedValue(text, .json))
        }
        #expect(error?.message.contains("512") == true)
        let lenient = JSONDecoder()
        lenient.allowsJSON5 = true
        expectCodecError(.nestedTooDeeply) {
            try JSONCodec<CodedTree>.json(decoder: lenient).decode(EncodedValue(text, .json))
        }
    }

    @Test("A recursive type of 510 levels is read, in a task's small stack too")
    func deepButAllowed() async throws {
        let tree = CodedTree.chain(255)
        let decoded = try await Task.detached {
            let codec: any ValueCodec<CodedTree> = .json()
            return try codec.decode(codec.encode(tree))
        }.value
        #expect(decoded == tree)
    }

    @Test("Brackets in strings don't count as levels")
    func bracketsInStrings() {
        let brackets = String(repeating: "[", count: 1_000)
        let error = expectCodecError(.corrupted) {
            try JSONCodec<[String]>.json().decode(EncodedValue("[\"\\\"\(brackets)\", x]", .json))
        }
        #expect(error?.message.contains("not valid JSON") == true)
    }

    @Test("A value that can't be encoded is an error")
    func unencodable() {
        let error = expectCodecError(.notEncodable) { try JSONCodec<Double>.json().encode(.infinity) }
        #expect(error?.cause is EncodingError)
    }

    private func roundTrip<Value: Codable>(_ value: Value) throws -> (String, Value) {
        let codec = JSONCodec<Value>.json()
        let encoded = try codec.encode(value)
        return (encoded.string, try codec.decode(encoded))
    }
}
