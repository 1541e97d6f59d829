import CZlib
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Part {
    static let coding: [Part] = [
        Part("json-encode") { count in
            let codec = JSONCodec<Profile>.json()
            for _ in 0..<count { keep(try codec.encode(.example)) }
        },
        Part("json-encode-alone") { count in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes]
            for _ in 0..<count { keep(try encoder.encode(Profile.example)) }
        },
        Part("json-decode") { count in
            let codec = JSONCodec<Profile>.json()
            let encoded = try codec.encode(.example)
            for _ in 0..<count { keep(try codec.decode(encoded)) }
        },
        Part("json-decode-alone") { count in
            let data = try JSONEncoder().encode(Profile.example)
            let decoder = JSONDecoder()
            for _ in 0..<count { keep(try decoder.decode(Profile.self, from: data)) }
        },
        Part("zlib-deflate") { count in
            let codec = BytesCodec.bytes().compressed(above: 0)
            for _ in 0..<count { keep(try codec.encode(text)) }
        },
        Part("zlib-deflate-alone") { count in
            let input = Array(text.readableBytesView)
            for _ in 0..<count {
                var length = compressBound(uLong(input.count))
                keep(
                    [UInt8](unsafeUninitializedCapacity: Int(length)) { room, written in
                        compress2(room.baseAddress, &length, input, uLong(input.count), 6)
                        written = Int(length)
                    }
                )
            }
        },
        Part("zlib-inflate") { count in
            let codec = BytesCodec.bytes().compressed(above: 0)
            let encoded = try codec.encode(text)
            for _ in 0..<count { keep(try codec.decode(encoded)) }
        },
        Part("zlib-inflate-alone") { count in
            let encoded = Array(try BytesCodec.bytes().compressed(above: 0).encode(text).bytes.readableBytesView)
            let size = text.readableBytes
            for _ in 0..<count {
                keep(
                    [UInt8](unsafeUninitializedCapacity: size) { room, written in
                        var length = uLong(size)
                        uncompress(room.baseAddress, &length, encoded, uLong(encoded.count))
                        written = Int(length)
                    }
                )
            }
        },
    ]

    /// Ten kilobytes of what compresses as text does.
    private static let text: ByteBuffer = {
        var buffer = ByteBuffer()
        var state: UInt32 = 1
        while buffer.readableBytes < 10_000 {
            state = state &* 1_664_525 &+ 1_013_904_223
            buffer.writeString(["memcached ", "value ", "of ", "a ", "key, ", "\(state >> 20) "][Int(state >> 16) % 6])
        }
        return buffer
    }()
}

/// A struct of a dozen fields.
private struct Profile: Codable, Sendable {
    var id: Int
    var name: String
    var email: String
    var locale: String
    var isActive: Bool
    var visits: Int
    var balance: Double
    var rating: Double
    var tags: [String]
    var lastPages: [String]
    var quota: Int
    var note: String?

    static let example = Profile(
        id: 4_711,
        name: "Ada Lovelace",
        email: "ada@example.org",
        locale: "en_GB",
        isActive: true,
        visits: 1_815,
        balance: 1_234.5,
        rating: 4.75,
        tags: ["mathematics", "engines", "poetry", "translation"],
        lastPages: (1...12).map { "/articles/the-analytical-engine/notes/\($0)" },
        quota: 10_000,
        note: "Wrote the first program that was meant for a machine which nobody had built."
    )
}
