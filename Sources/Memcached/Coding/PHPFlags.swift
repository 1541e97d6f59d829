import NIOCore

extension FlagsConvention {
    /// php-memcached. JSON gives PHP what the document describes, whatever serializer is configured there.
    ///
    /// False is an empty value, and compressed bytes have their length before them. zlib is written and read; FastLZ,
    /// its default, isn't read. The upper 16 bits, which PHP leaves to its users, are 0 when writing and ignored when
    /// reading.
    public static let phpMemcached = FlagsConvention(name: "php-memcached") { (value) throws(ValueCodecError) in
        try PHPFlags.pack(value)
    } unpack: { (flags, bytes) throws(ValueCodecError) in
        try PHPFlags.unpack(flags, bytes)
    }

    /// PHP's older extension, pecl-memcache.
    public static let peclMemcache = FlagsConvention(
        FlagsTable(
            name: "pecl-memcache",
            meanings: [
                0: .unmarked(as: .string), 1: .phpSerialization, 0x100: .unmarked(as: .bool),
                0x300: .unmarked(as: .int),
                0x700: .unmarked(as: .double),
            ],
            compressionBit: 2
        ) { format in
            switch format {
            case .text, .json, .xmlPropertyList, .bytes, .binaryPropertyList: 0
            case .bool: 0x100
            case .integer: 0x300
            case .double: 0x700
            default: nil
            }
        }
    )
}

private enum PHPFlags {
    private static let compressed: UInt32 = 0x10
    private static let zlib: UInt32 = 0x20
    private static let fastlz: UInt32 = 0x40
    private static let name = "php-memcached"

    private static let table = FlagsTable(
        name: name,
        meanings: [
            0: .unmarked(as: .string), 1: .unmarked(as: .int), 2: .unmarked(as: .double), 3: .unmarked(as: .bool),
            4: .phpSerialization, 5: .igbinary, 6: .json, 7: .messagePack,
        ],
        compressionBit: compressed | zlib,
        ignored: 0xffff_0000 | fastlz
    ) { format in
        switch format {
        case .text, .xmlPropertyList, .bytes, .binaryPropertyList: 0
        case .integer: 1
        case .double: 2
        case .bool: 3
        case .json: 6
        default: nil
        }
    }

    static func pack(_ value: EncodedValue) throws(ValueCodecError) -> (flags: UInt32, bytes: ByteBuffer) {
        let scalar = value.format.written
        if scalar == .bool || scalar == .double {
            let value = try value.inflated()
            return (try table.flags(for: value), scalar == .bool ? bool(value.bytes) : double(value.bytes))
        }
        let flags = try table.flags(for: value)
        guard value.compression == .zlib else { return (flags, value.bytes) }
        let size = try value.inflated(limit: .max).bytes.readableBytes
        guard let size = UInt32(exactly: size) else { throw .unrepresentable("so large a value", in: name) }
        var bytes = ByteBuffer(integer: size, endianness: .little)
        bytes.writeImmutableBuffer(value.bytes)
        return (flags, bytes)
    }

    static func unpack(_ flags: UInt32, _ bytes: ByteBuffer) throws(ValueCodecError) -> EncodedValue {
        let format = try table.format(of: flags)
        var value = EncodedValue(bytes: bytes, format: format)
        if flags & compressed != 0 {
            // The length is only a claim: it is dropped, and inflating finds the true one.
            guard value.bytes.readInteger(as: UInt32.self) != nil else {
                throw ValueCodecError(
                    .truncated,
                    "the compressed value lacks the length that php-memcached puts before it"
                )
            }
            switch flags & (zlib | fastlz) {
            case zlib: value.compression = .zlib
            case fastlz: value.compression = .fastlz
            default: throw .unknownFlags(flags, in: name)
            }
        } else if flags & (zlib | fastlz) != 0 {
            throw .unknownFlags(flags, in: name)
        }
        if format.kind == .bool, value.compression == .none, value.bytes.readableBytes == 0 {
            value.bytes = ByteBuffer(string: "0")
        }
        return value
    }

    private static func bool(_ bytes: ByteBuffer) -> ByteBuffer {
        bytes.readableBytesView.elementsEqual("1".utf8) ? bytes : ByteBuffer()
    }

    /// PHP knows infinities and NaN by its own names, and reads any other word as 0.
    private static func double(_ bytes: ByteBuffer) -> ByteBuffer {
        switch DecimalText(bytes).floatingPoint(Double.self) {
        case .some(.infinity): ByteBuffer(string: "Infinity")
        case .some(-.infinity): ByteBuffer(string: "-Infinity")
        case .some(let value) where value.isNaN: ByteBuffer(string: "NaN")
        default: bytes
        }
    }
}
