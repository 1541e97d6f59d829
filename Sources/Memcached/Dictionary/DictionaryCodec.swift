import NIOCore

/// A dictionary's codec. It compresses as the dictionary's settings say, and reads what is compressed whatever they say: what one
/// process has stored under the old settings, another one reads under the new.
final class DictionaryCodec<Value: Sendable>: Sendable {
    private let codec: any ValueCodec<Value>
    private let compressing: (any CompressingCodec<Value>)?

    init(_ codec: any ValueCodec<Value>) {
        self.codec = codec
        compressing = codec as? any CompressingCodec<Value>
    }

    var name: String { codec.name }

    /// Whether the codec compresses as it was made.
    var compresses: Bool { compressing != nil }

    /// - Parameter compression: nil for what the codec does by itself.
    func encode(_ value: Value, _ compression: DictionarySettings.Compression?) throws -> EncodedValue {
        switch compression {
        case nil:
            return try codec.encode(value)
        case .never:
            return try compressing?.encode(value, compressingAbove: .max) ?? codec.encode(value)
        case .above(let threshold):
            if let compressing { return try compressing.encode(value, compressingAbove: threshold) }
            return try codec.encode(value).compressed(above: threshold)
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
        switch encoded.compression {
        // A codec that compresses has an inflation limit of its own.
        case .zlib where compressing == nil, .gzip where compressing == nil:
            try codec.decode(try encoded.inflated(limit: EncodedValue.defaultInflationLimit))
        default:
            try codec.decode(encoded)
        }
    }
}
