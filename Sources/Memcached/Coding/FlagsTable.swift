import NIOCore

/// What most conventions are: some numbers for formats, and a bit for compression.
struct FlagsTable: Sendable {
    /// What the compression bit promises.
    enum Compressed: Sendable {
        case zlib
        /// gzip is written.
        case gzip
    }

    let name: String
    /// What each number means.
    let meanings: [UInt32: ValueFormat]
    /// The bit of compressed values, 0 where there is none.
    let compressionBit: UInt32
    var compressed = Compressed.zlib
    /// The bits in which formats are kept. Others than these and the compression bit must be clear, but for `ignored`
    /// ones.
    var ignored: UInt32 = 0
    /// The number to write for each format, nil where there is none. Unmarked formats never come here.
    let number: @Sendable (ValueFormat) -> UInt32?

    func format(of flags: UInt32) throws(ValueCodecError) -> ValueFormat {
        guard let format = meanings[flags & ~compressionBit & ~ignored] else {
            throw .unknownFlags(flags, in: name)
        }
        return format
    }

    /// Where the bit says compressed, the bytes say how: no zlib stream begins as gzip does, and some clients write
    /// either.
    func compression(of flags: UInt32, _ bytes: ByteBuffer) -> ValueCompression {
        guard flags & compressionBit != 0 else { return .none }
        return bytes.readableBytesView.starts(with: [0x1f, 0x8b]) ? .gzip : .zlib
    }

    func flags(for value: EncodedValue) throws(ValueCodecError) -> UInt32 {
        guard let number = number(value.format.written) else {
            throw .unrepresentable("\(value.format)", in: name)
        }
        switch value.compression {
        case .none: return number
        case .zlib where compressionBit != 0 && compressed == .zlib: return number | compressionBit
        case .gzip where compressionBit != 0 && compressed == .gzip: return number | compressionBit
        case .zlib, .gzip, .fastlz: throw .unrepresentable("\(value.compression.rawValue) compression", in: name)
        }
    }
}

extension FlagsConvention {
    /// The convention of a table whose formats look on the wire as they do here.
    init(_ table: FlagsTable) {
        self.init(name: table.name) { (value) throws(ValueCodecError) in
            let value = table.compressed == .gzip ? try value.recompressedAsGzip() : value
            return (try table.flags(for: value), value.bytes)
        } unpack: { (flags, bytes) throws(ValueCodecError) in
            EncodedValue(
                bytes: bytes,
                format: try table.format(of: flags),
                compression: table.compression(of: flags, bytes)
            )
        }
    }
}

extension ValueCodecError {
    static func unknownFlags(_ flags: UInt32, in convention: String) -> ValueCodecError {
        ValueCodecError(
            .unknownFlags,
            "flags 0x\(String(flags, radix: 16)) mean nothing in the \(convention) convention: "
                + "if another client wrote the item, read it with that client's FlagsConvention"
        )
    }

    static func unrepresentable(_ what: String, in convention: String) -> ValueCodecError {
        ValueCodecError(.unrepresentable, "the \(convention) convention has no flags for \(what)")
    }
}
