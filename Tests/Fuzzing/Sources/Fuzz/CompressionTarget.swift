import Memcached
import NIOCore

extension FuzzTarget {
    /// Arbitrary bytes as a zlib or gzip stream, under a limit; and as a value that is compressed and comes back.
    static let inflation = FuzzTarget(name: "inflation") { fixtures in
        fixtures.values.flatMap { [[0, 4] + $0.bytes, [1, 4] + $0.bytes] }
            // Behind php-memcached's length.
            + fixtures.values.map { [0, 4] + $0.bytes.dropFirst(4) }
    } run: { input in
        var input = input
        let compression: ValueCompression = input.byte() & 1 == 0 ? .zlib : .gzip
        let limit = [0, 1, 100, 4_096, 1 << 18][input.number(below: 5)]
        let bytes = input.rest()
        let stored = EncodedValue(bytes: bytes, format: .bytes, compression: compression)
        do throws(ValueCodecError) {
            let value = try stored.inflated(limit: limit)
            demand(value.bytes.readableBytes <= limit && value.compression == .none, "the limit is kept")
            checkRoundTrip(of: value.bytes)
        } catch {
            let expected: Set<ValueCodecError.Code> = [.corrupted, .truncated, .trailingBytes, .tooLarge]
            demand(expected.contains(error.code), "\(error)")
        }
        checkRoundTrip(of: bytes)
    }

    private static func checkRoundTrip(of bytes: ByteBuffer) {
        let levels: [ZlibLevel] = [.fastest, .standard, .smallest]
        let codec = BytesCodec.bytes().compressed(above: 0, level: levels[bytes.readableBytes % levels.count])
        do {
            let encoded = try codec.encode(bytes)
            demand(encoded.bytes.readableBytes <= bytes.readableBytes, "what is compressed is not larger")
            let returned = try codec.decode(encoded)
            demand(returned == bytes, "a value comes back")
            // The same stream in gzip's wrapper.
            let (flags, packed) = try FlagsConvention.spymemcached.pack(encoded)
            let unpacked = try codec.decode(FlagsConvention.spymemcached.unpack(flags: flags, bytes: packed))
            demand(unpacked == bytes, "a value comes back from gzip")
        } catch {
            fatalError("broken: \(error)")
        }
    }
}
