import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// What the settings make of a codec's own compression.
@Suite(.fewAtATime) struct DictionaryCodecTests {
    private static let text = String(repeating: "long ", count: 400)

    @Test(arguments: [false, true])
    func `a codec around one that compresses compresses from the size on that is configured`(tells: Bool) throws {
        let inner = Wrapping(wrapped: .text().compressed(above: 100), tells: tells)
        let codec = DictionaryCodec<String>(inner.compressed(above: 1_000))
        let cases: [(DictionarySettings.Compression?, isCompressed: Bool)] = [
            (nil, true), (.never, false), (.above(5_000), false), (.above(2_000), false), (.above(1_999), true),
        ]
        for (compression, isCompressed) in cases {
            let encoded = try codec.encode(Self.text, compression)
            #expect((encoded.compression == .zlib) == isCompressed, "\(compression as Any)")
            #expect(isCompressed || encoded.bytes.readableBytes == 2_000)
            #expect(try codec.decode(encoded) == Self.text)
        }
    }

    @Test func `what a codec with a higher limit leaves plain stays plain above the dictionary's own limit`() throws {
        let limit = EncodedValue.defaultInflationLimit
        func codec(tells: Bool) -> DictionaryCodec<String> {
            let inner: any ValueCodec<String> = .text().compressed(above: 3 * limit, inflationLimit: 4 * limit)
            return DictionaryCodec<String>(Wrapping(wrapped: inner, tells: tells))
        }
        let huge = String(repeating: "x", count: limit + 1)
        let encoded = try codec(tells: true).encode(huge, .above(100))
        #expect(encoded.compression == .none && encoded.bytes.readableBytes == limit + 1)
        #expect(try codec(tells: true).decode(encoded) == huge)
        #expect(try codec(tells: true).encode(Self.text, .above(100)).compression == .zlib)
        let error = #expect(throws: ValueCodecError.self) { try codec(tells: false).encode(huge, .above(100)) }
        #expect(error?.code == .tooLarge)
    }
}
