import Foundation
import Memcached
import NIOCore
import TestSupport
import Testing

/// `Fixtures/values/clients.json`: what other clients stored, and what they meant.
private struct Recording: Decodable {
    struct Entry: Decodable, CustomTestStringConvertible {
        let client: String
        let `case`: String
        let options: [String: Option]
        let flags: UInt32
        let value_base64: String
        let compression: String
        let encoding: String
        let readable_without_foreign_serializer: Bool
        let logical_type: String
        let logical_value: String?
        let logical_reference: String?

        var testDescription: String { "\(client) \(`case`)" }
    }

    /// Options are strings, numbers and Booleans; only the strings matter here.
    struct Option: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            text = try? decoder.singleValueContainer().decode(String.self)
        }
    }

    let logical: [String: String]
    let values: [Entry]

    static let all: Recording? = {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Fixtures")
        return try? JSONDecoder().decode(
            Recording.self,
            from: Data(contentsOf: fixtures.appending(path: "values/clients.json"))
        )
    }()

    func meaning(of entry: Entry) -> String? {
        entry.logical_value ?? entry.logical_reference.flatMap { logical[$0] }
    }
}

@Suite("Values recorded from other clients", .fewAtATime)
struct RecordedValuesTests {
    /// The convention of the client that stored an entry; nil for transcoders that no convention here is for.
    private func convention(for entry: Recording.Entry) -> FlagsConvention? {
        switch entry.client {
        case "dalli": entry.options["serializer"]?.text == "JSON" ? .dalliJSON : .dalli
        case "python-memcached": .pythonMemcached
        case "pymemcache": entry.options["serde"]?.text?.hasPrefix("none") == true ? .raw : .pythonMemcached
        case "pylibmc": .pylibmc
        case "python-binary-memcached", "meta-memcache": .bmemcached
        case "libmc": .libmc
        case "spymemcached": entry.options["transcoder"]?.text == "SerializingTranscoder" ? .spymemcached : nil
        case "php-memcached": .phpMemcached
        case "php-memcache": .peclMemcache
        case "Cache::Memcached", "Cache::Memcached::Fast": .cacheMemcached
        case "libmemcached memcp", "aiomcache", "emcache": .raw
        default: nil
        }
    }

    private func check(_ value: EncodedValue, means meaning: String, as type: String) throws {
        switch type {
        case "string":
            #expect(try TextCodec.text().decode(value) == meaning)
            #expect(try TextCodec.text().compressed(above: 0).decode(value) == meaning)
        case "bytes":
            #expect(try Data(ByteCollectionCodec<[UInt8]>.bytes().decode(value)).base64EncodedString() == meaning)
        case "int", "counter":
            if let integer = Int(meaning) {
                #expect(try IntegerCodec<Int>.integer().decode(value) == integer)
            } else {
                #expect(value.string == meaning)
                expectCodecError(.invalidNumber) { try IntegerCodec<Int>.integer().decode(value) }
            }
        case "double":
            let expected = try #require(Double(meaning))
            let codec: any ValueCodec<Double> = value.format == .json ? .json() : .double()
            let decoded = try codec.decode(value)
            #expect(decoded == expected || decoded.isNaN && expected.isNaN)
        case "bool":
            let codec: any ValueCodec<Bool> = value.format == .json ? .json() : .bool()
            #expect(try codec.decode(value) == (meaning == "true"))
        case "null":
            #expect(["", "null", "None"].contains(value.string))
        case "list", "map":
            let object = try JSONSerialization.jsonObject(with: Data(value.array)) as? NSObject
            #expect(try object == JSONSerialization.jsonObject(with: Data(meaning.utf8)) as? NSObject)
        default:
            Issue.record("an unknown type in the recording: \(type)")
        }
    }

    @Test("Each value that needs no foreign serializer is read by its client's convention, and means what it meant")
    func readable() throws {
        let recording = try #require(Recording.all)
        var checked: [String: Int] = [:]
        for entry in recording.values where entry.readable_without_foreign_serializer {
            guard let convention = convention(for: entry), !entry.compression.contains("fastlz") else { continue }
            let bytes = ByteBuffer(bytes: try #require(Data(base64Encoded: entry.value_base64)))
            let meaning = try #require(recording.meaning(of: entry))
            do {
                var value = try convention.unpack(flags: entry.flags, bytes: bytes)
                let isCompressed = entry.compression != "none" && convention.name != "raw"
                #expect((value.compression != .none) == isCompressed, "\(entry)")
                value = try value.inflated()
                // A string in JSON has its quotes; everything else is compared as it is.
                if value.format == .json, entry.logical_type == "string" {
                    #expect(try JSONCodec<String>.json().decode(value) == meaning || value.string == meaning)
                } else if value.format == .json, entry.logical_type == "int" {
                    #expect(try JSONCodec<Int>.json().decode(value) == Int(meaning))
                } else {
                    try check(value, means: meaning, as: entry.logical_type)
                }
                checked[convention.name, default: 0] += 1
            } catch {
                Issue.record("\(entry.client) \(entry.case): \(error)")
            }
        }
        let expected = [
            "dalli", "dalli with JSON", "python-memcached", "pylibmc", "bmemcached", "libmc", "spymemcached",
            "php-memcached",
            "pecl-memcache", "Cache::Memcached", "raw",
        ]
        #expect(Set(checked.keys) == Set(expected))
        #expect(checked.values.reduce(0, +) > 200, "\(checked)")
    }

    @Test("Each value of a foreign serializer is an error that names the serializer")
    func foreign() throws {
        let recording = try #require(Recording.all)
        let names = [
            "ruby-marshal-4.8": "Ruby Marshal", "python-pickle": "Python pickle", "python-marshal-v2": "Python marshal",
            "java-serialization": "Java serialization", "php-serialize": "PHP serialize", "igbinary": "igbinary",
            "msgpack": "MessagePack", "perl-storable": "Perl Storable",
        ]
        var seen: Set<String> = []
        for entry in recording.values where !entry.readable_without_foreign_serializer {
            guard let convention = convention(for: entry) else { continue }
            let name = try #require(names[entry.encoding], "\(entry.encoding)")
            let bytes = ByteBuffer(bytes: try #require(Data(base64Encoded: entry.value_base64)))
            let value = try convention.unpack(flags: entry.flags, bytes: bytes)
            for codec in [TextCodec.text(), TextCodec.text().compressed(above: 0)] as [any ValueCodec<String>] {
                let error = expectCodecError(.foreignFormat) { try codec.decode(value) }
                #expect(error?.message.contains(name) == true, "\(entry.client) \(entry.case)")
            }
            let description = try convention.describe(flags: entry.flags, bytes: bytes)
            #expect(description.kind == .bytes && description.codec == name)
            seen.insert(name)
        }
        #expect(seen == Set(names.values))
    }

    @Test("PHP's FastLZ values are refused with an error that names it")
    func fastlz() throws {
        let entries = try #require(Recording.all).values.filter { $0.compression.contains("fastlz") }
        #expect(!entries.isEmpty)
        for entry in entries {
            let bytes = ByteBuffer(bytes: try #require(Data(base64Encoded: entry.value_base64)))
            let value = try FlagsConvention.phpMemcached.unpack(flags: entry.flags, bytes: bytes)
            #expect(
                expectCodecError(.unsupportedCompression) { try value.inflated() }?.message.contains("FastLZ") == true
            )
        }
    }

    @Test("What a client stored uncompressed, its convention writes again with the same flags and bytes")
    func writtenAlike() throws {
        let recording = try #require(Recording.all)
        var checked = 0
        for entry in recording.values where entry.readable_without_foreign_serializer && entry.compression == "none" {
            guard let convention = convention(for: entry), convention.name != "raw", entry.flags >> 16 == 0,
                !entry.case.contains("after_decr"), entry.logical_type == "int" || entry.logical_type == "bool"
            else { continue }
            let bytes = ByteBuffer(bytes: try #require(Data(base64Encoded: entry.value_base64)))
            let value = try convention.unpack(flags: entry.flags, bytes: bytes)
            // Where flags tell the type, that is; and Java's Integer is written as a Long.
            guard value.format.kind == .int || value.format.kind == .bool, ![0x200, 0x500].contains(entry.flags) else {
                continue
            }
            let written = try convention.pack(value)
            #expect(written.flags == entry.flags && written.bytes == bytes, "\(entry.client) \(entry.case)")
            checked += 1
        }
        #expect(checked > 50)
    }

    @Test("Each recorded value is described as what it is")
    func described() throws {
        let recording = try #require(Recording.all)
        var checked = 0
        for entry in recording.values where entry.readable_without_foreign_serializer {
            guard let convention = convention(for: entry), convention.name != "raw", entry.compression != "zstd",
                !entry.compression.contains("fastlz"), !entry.encoding.hasPrefix("raw"), entry.encoding != "json"
            else { continue }
            let bytes = ByteBuffer(bytes: try #require(Data(base64Encoded: entry.value_base64)))
            let description = try convention.describe(flags: entry.flags, bytes: bytes)
            let meaning = try #require(recording.meaning(of: entry))
            // bmemcached keeps counters and strings alike; doubles are compared as numbers, since PHP writes 2.0 as 2.
            guard entry.logical_type != "counter" else { continue }
            // A document that its client has for a text.
            let kind = ["json_doc", "long_json"].contains(entry.case) ? "json" : entry.logical_type
            #expect(description.kind.rawValue == kind, "\(entry.client) \(entry.case)")
            if entry.logical_type == "double" {
                #expect(Double(description.text) == Double(meaning) || description.text == meaning)
            } else {
                #expect(description.text == meaning, "\(entry.client) \(entry.case)")
            }
            #expect(description.isCompressed == (entry.compression != "none"))
            checked += 1
        }
        #expect(checked > 100)
    }
}
