import CZlib
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Part {
    static let coding: [Part] =
        json + zlib(text(1_000), "1kB") + zlib(text(10_000), "10kB") + zlib(text(1_000_000), "1MB")
        + zlib(text(10_000_000), "10MB")

    private static let json: [Part] = [
        Part("json-encode") { count in
            let codec = JSONCodec<Account>.json()
            for _ in 0..<count { keep(try codec.encode(.example)) }
        },
        Part("json-encode-alone") { count in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes]
            for _ in 0..<count { keep(try encoder.encode(Account.example)) }
        },
        Part("json-decode") { count in
            let codec = JSONCodec<Account>.json()
            let encoded = try codec.encode(.example)
            for _ in 0..<count { keep(try codec.decode(encoded)) }
        },
        Part("json-decode-alone") { count in
            let data = try JSONEncoder().encode(Account.example)
            let decoder = JSONDecoder()
            for _ in 0..<count { keep(try decoder.decode(Account.self, from: data)) }
        },
    ]

    /// Our codec and zlib's own functions at the same level, both ways.
    private static func zlib(_ text: @autoclosure @escaping @Sendable () -> ByteBuffer, _ size: String) -> [Part] {
        [
            Part("zlib-deflate-\(size)") { count in
                let codec = BytesCodec.bytes().compressed(above: 0)
                let text = text()
                for _ in 0..<count { keep(try codec.encode(text)) }
            },
            Part("zlib-deflate-\(size)-alone") { count in
                let input = Array(text().readableBytesView)
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
            Part("zlib-inflate-\(size)") { count in
                let codec = BytesCodec.bytes().compressed(above: 0)
                let encoded = try codec.encode(text())
                for _ in 0..<count { keep(try codec.decode(encoded)) }
            },
            Part("zlib-inflate-\(size)-alone") { count in
                let text = text()
                let encoded = Array(try BytesCodec.bytes().compressed(above: 0).encode(text).bytes.readableBytesView)
                for _ in 0..<count {
                    keep(
                        [UInt8](unsafeUninitializedCapacity: text.readableBytes) { room, written in
                            var length = uLong(text.readableBytes)
                            uncompress(room.baseAddress, &length, encoded, uLong(encoded.count))
                            written = Int(length)
                        }
                    )
                }
            },
        ]
    }

    /// So many bytes of what compresses as text does.
    private static func text(_ size: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        var state: UInt32 = 1
        while buffer.readableBytes < size {
            state = state &* 1_664_525 &+ 1_013_904_223
            buffer.writeString(["memcached ", "value ", "of ", "a ", "key, ", "\(state >> 20) "][Int(state >> 16) % 6])
        }
        return buffer
    }
}
