import NIOCore

extension FlagsConvention {
    /// spymemcached's SerializingTranscoder, which xmemcached and Amazon's client share.
    ///
    /// Text, JSON and XML are a `String` there, integers a `Long`, doubles a `Double`, everything else a `byte[]`.
    /// Numbers are big-endian with leading zero bytes left out, and so limited to 64 signed bits. Compressed values are
    /// gzip. A `Date` reads as its milliseconds since 1970.
    public static let spymemcached = FlagsConvention(name: "spymemcached") { (value) throws(ValueCodecError) in
        try JavaFlags.pack(value)
    } unpack: { (flags, bytes) throws(ValueCodecError) in
        try JavaFlags.unpack(flags, bytes)
    }
}

private enum JavaFlags {
    private static let name = "spymemcached"
    private static let long: UInt32 = 0x300
    private static let double: UInt32 = 0x700
    private static let float: UInt32 = 0x600
    /// How many bytes wide the integers are: Integer, Long, Date, Byte.
    private static let integerWidths: [UInt32: Int] = [0x200: 4, long: 8, 0x400: 8, 0x500: 1]

    private static let table = FlagsTable(
        name: name,
        meanings: [
            0: .unmarked(as: .string), 1: .javaSerialization, 0x100: .unmarked(as: .bool), 0x200: .unmarked(as: .int),
            long: .unmarked(as: .int), 0x400: .unmarked(as: .int), 0x500: .unmarked(as: .int),
            float: .unmarked(as: .double), double: .unmarked(as: .double), 0x800: .unmarked(as: .bytes),
        ],
        compressionBit: 2,
        compressed: .gzip
    ) { format in
        switch format {
        case .text, .json, .xmlPropertyList: 0
        case .bool: 0x100
        case .integer: long
        case .double: double
        case .bytes, .binaryPropertyList: 0x800
        default: nil
        }
    }

    static func pack(_ value: EncodedValue) throws(ValueCodecError) -> (flags: UInt32, bytes: ByteBuffer) {
        let scalar = value.format.written
        guard scalar == .integer || scalar == .double else {
            let value = try value.recompressedAsGzip()
            return (try table.flags(for: value), value.bytes)
        }
        let value = try value.inflated()
        let text = DecimalText(value.bytes)
        let bits: UInt64
        if scalar == .integer {
            guard let integer = text.integer(Int64.self) else {
                throw .unrepresentable("an integer beyond 64 signed bits", in: name)
            }
            bits = UInt64(bitPattern: integer)
        } else {
            guard let double = text.floatingPoint(Double.self) else {
                throw .unrepresentable("a number beyond the range of Double", in: name)
            }
            bits = double.bitPattern
        }
        var bytes = ByteBuffer(integer: bits)
        bytes.moveReaderIndex(forwardBy: bits.leadingZeroBitCount / 8)
        return (try table.flags(for: value), bytes)
    }

    static func unpack(_ flags: UInt32, _ bytes: ByteBuffer) throws(ValueCodecError) -> EncodedValue {
        let format = try table.format(of: flags)
        let value = EncodedValue(bytes: bytes, format: format, compression: table.compression(of: flags, bytes))
        let type = flags & ~table.compressionBit
        if let width = integerWidths[type] {
            let shift = 64 - 8 * width
            // Only a number of full width can have its sign bit set.
            let integer = Int64(bitPattern: try bits(of: value, width: width) << UInt64(shift)) >> Int64(shift)
            return EncodedValue(bytes: ByteBuffer(string: String(integer)), format: format)
        }
        switch type {
        case double:
            let double = Double(bitPattern: try bits(of: value, width: 8))
            return EncodedValue(bytes: FloatingPointCodec<Double>().encode(double).bytes, format: format)
        case float:
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: try bits(of: value, width: 4)))
            return EncodedValue(bytes: FloatingPointCodec<Float>().encode(float).bytes, format: format)
        default:
            return value
        }
    }

    private static func bits(of value: EncodedValue, width: Int) throws(ValueCodecError) -> UInt64 {
        // Nobody compresses a number, but who does doesn't get 64 MiB for it.
        let bytes = try value.inflated(limit: width).bytes
        guard bytes.readableBytes <= width else {
            throw ValueCodecError(
                .corrupted,
                "a Java number of \(bytes.readableBytes) bytes where at most \(width) belong"
            )
        }
        return bytes.readableBytesView.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
