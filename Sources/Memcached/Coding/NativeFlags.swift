import NIOCore

/// The registry of the native convention's bits. A test holds it free of overlaps.
package enum NativeFlags {
    /// A format, its number in the upper 16 bits, and what python-memcached is told in the lower 16.
    package struct Entry: Sendable {
        package let format: ValueFormat
        package let number: UInt16
        package let python: UInt16

        package var flags: UInt32 { UInt32(number) << 16 | UInt32(python) }
    }

    /// Python's `str`.
    static let pythonText: UInt16 = 16
    /// Python's `int`.
    static let pythonInteger: UInt16 = 2
    /// Python 2's `long`, which Python 3 reads as `int`.
    static let pythonLong: UInt16 = 4
    /// A pickled object.
    static let pythonPickle: UInt16 = 1
    /// zlib, in python-memcached, pylibmc, pymemcache and bmemcached.
    package static let compressed: UInt32 = 8

    /// Numbers are never reused and stay below 0x8000: bit 31 is the sign in Java's clients.
    package static let entries: [Entry] = [
        Entry(format: .json, number: 1, python: pythonText),
        Entry(format: .binaryPropertyList, number: 2, python: 0),
        Entry(format: .xmlPropertyList, number: 3, python: pythonText),
        Entry(format: .text, number: 4, python: pythonText),
        Entry(format: .integer, number: 5, python: pythonInteger),
        Entry(format: .double, number: 6, python: pythonText),
        // As an int Python takes 0 for false; as a str it would take "0" for true.
        Entry(format: .bool, number: 7, python: pythonInteger),
        Entry(format: .bytes, number: 8, python: 0),
    ]

    /// The first number of the 256 for users' own formats.
    package static let firstCustomNumber: UInt16 = 0x7f00

    /// What python-memcached wrote itself, and what nobody marked.
    static let unmarked: [UInt32: ValueFormat] = [
        0: .unmarked,
        UInt32(pythonText): .unmarked(as: .string),
        UInt32(pythonInteger): .unmarked(as: .int),
        UInt32(pythonLong): .unmarked(as: .int),
        UInt32(pythonPickle): .pickle,
    ]

    private static func format(of flags: UInt32) -> ValueFormat? {
        let number = UInt16(truncatingIfNeeded: flags >> 16)
        guard number != 0 else { return unmarked[flags] }
        if number >= firstCustomNumber, number <= firstCustomNumber + 0xff {
            return flags & 0xffff == 0 ? .custom(UInt8(truncatingIfNeeded: number)) : nil
        }
        return entries.first { $0.flags == flags }?.format
    }

    private static func flags(for format: ValueFormat) -> UInt32? {
        if format.isUnmarked {
            guard format.kind != nil else { return 0 }
            return entries.first { $0.format == format.written }.map { UInt32($0.python) }
        }
        if let number = format.customNumber {
            return UInt32(firstCustomNumber + UInt16(number)) << 16
        }
        return entries.first { $0.format == format }?.flags
    }

    fileprivate static func pack(_ value: EncodedValue) throws(ValueCodecError) -> (flags: UInt32, bytes: ByteBuffer) {
        guard let flags = flags(for: value.format) else { throw .unrepresentable("\(value.format)", in: "native") }
        switch value.compression {
        case .none: return (flags, value.bytes)
        case .zlib: return (flags | compressed, value.bytes)
        case .gzip, .fastlz: throw .unrepresentable("\(value.compression.rawValue) compression", in: "native")
        }
    }

    fileprivate static func unpack(_ flags: UInt32, _ bytes: ByteBuffer) throws(ValueCodecError) -> EncodedValue {
        guard let format = format(of: flags & ~compressed) else { throw .unknownFlags(flags, in: "native") }
        return EncodedValue(bytes: bytes, format: format, compression: flags & compressed == 0 ? .none : .zlib)
    }
}

extension FlagsConvention {
    /// This package's own convention, and the default.
    ///
    /// The format is in the upper 16 bits, bit 31 excepted: 1 to 8 for the package's formats, 0x7F00 to 0x7FFF for
    /// ``ValueFormat/custom(_:)``. The lower 16 bits are as python-memcached has them, which pylibmc and pymemcache
    /// understand too: JSON, XML, text and doubles are a `str` to them (16), integers and Booleans an `int` (2), zlib
    /// is 8. Bytes and binary property lists have nothing there: pylibmc and pymemcache return them as `bytes`,
    /// python-memcached raises an error on them, so use ``pythonMemcached`` for bytes that it should read.
    ///
    /// Items without upper bits, such as counters and what python-memcached wrote, are unmarked: any codec may try to
    /// read them.
    public static let native = FlagsConvention(name: "native") { (value) throws(ValueCodecError) in
        try NativeFlags.pack(value)
    } unpack: { (flags, bytes) throws(ValueCodecError) in
        try NativeFlags.unpack(flags, bytes)
    }
}
