import NIOCore

/// A dictionary's codec. It compresses as the dictionary's settings say, and reads what is compressed whatever they say: what one
/// process has stored under the old settings, another one reads under the new.
final class DictionaryCodec<Value: Sendable>: Sendable {
    private let codec: any ValueCodec<Value>
    private let adjustable: (any CompressingCodec<Value>)?
    /// Whether the codec compresses as it was made.
    let compresses: Bool

    init(_ codec: any ValueCodec<Value>) {
        self.codec = codec
        adjustable = codec as? any CompressingCodec<Value>
        compresses = codec.compresses
    }

    var name: String { codec.name }

    /// - Parameter compression: nil for what the codec does by itself.
    func encode(_ value: Value, _ compression: DictionarySettings.Compression?) throws -> EncodedValue {
        switch compression {
        case nil:
            let encoded = try codec.encode(value)
            if !compresses { _ = try inflated(encoded) }
            return encoded
        case .never:
            if let adjustable { return try inflated(try adjustable.encode(value, compressingAbove: .max)) }
            return try inflated(try codec.encode(value))
        case .above(let threshold):
            if let adjustable { return try adjustable.encode(value, compressingAbove: threshold) }
            let encoded = try codec.encode(value)
            let plain = try inflated(encoded)
            guard encoded.compression == .none else {
                return plain.bytes.readableBytes > threshold ? encoded : plain
            }
            // The codec has a limit of its own, which may be higher: it reads plain what would be too large to compress here.
            let isTooLarge = compresses && plain.bytes.readableBytes > EncodedValue.defaultInflationLimit
            return try isTooLarge ? plain : plain.compressed(above: threshold)
        }
    }

    /// The value's flags and bytes. Where only the settings ask for compression, and the flags can't tell of it, the value is as the
    /// codec makes it by itself.
    func pack(
        _ value: Value,
        _ compression: DictionarySettings.Compression?,
        by flags: FlagsConvention
    ) throws -> (flags: UInt32, bytes: ByteBuffer) {
        let encoded = try encode(value, compression)
        guard case .above = compression, encoded.compression != .none else { return try flags.pack(encoded) }
        do {
            return try flags.pack(encoded)
        } catch {
            return try flags.pack(try codec.encode(value))
        }
    }

    func decode(_ encoded: EncodedValue) throws -> Value {
        // A codec that compresses has an inflation limit of its own.
        guard !compresses else { return try codec.decode(encoded) }
        return try codec.decode(try encoded.inflatedWhereReadable(limit: EncodedValue.defaultInflationLimit))
    }

    /// What the codec has just encoded, without its compression. A codec that says that it compresses reads it within a limit that only
    /// it knows; of another's, what a dictionary could never read again isn't stored.
    private func inflated(_ encoded: EncodedValue) throws -> EncodedValue {
        do {
            return try encoded.inflatedWhereReadable(limit: compresses ? .max : EncodedValue.defaultInflationLimit)
        } catch {
            guard !compresses, error.code == .tooLarge else { throw error }
            throw ValueCodecError(
                .tooLarge,
                "the codec has compressed a value of more than \(EncodedValue.defaultInflationLimit) bytes, which would not be read "
                    + "again: a codec that compresses within a limit of its own says so by its property 'compresses'"
            )
        }
    }
}
