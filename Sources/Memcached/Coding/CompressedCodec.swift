import NIOCore

/// Another codec's values, compressed with zlib where that makes them smaller. Made by
/// ``ValueCodec/compressed(above:level:inflationLimit:)``.
///
/// Reads compressed and uncompressed values alike, gzip too where a convention says so.
public struct CompressedCodec<Wrapped: ValueCodec>: ValueCodec {
    private let wrapped: Wrapped
    private let threshold: Int
    private let level: ZlibLevel
    private let inflationLimit: Int

    init(_ wrapped: Wrapped, threshold: Int, level: ZlibLevel, inflationLimit: Int) {
        self.wrapped = wrapped
        self.threshold = threshold
        self.level = level
        // More is never inflated, and so never stored.
        self.inflationLimit = min(inflationLimit, ByteBuffer.largestLimit)
    }

    /// The wrapped codec's name and `zlib-compressed`.
    public var name: String { "\(wrapped.name), zlib-compressed" }

    /// True.
    public var compresses: Bool { true }

    /// The value as the wrapped codec writes it, compressed if it is above the threshold and gets smaller.
    ///
    /// - Throws: What the wrapped codec throws, and ``ValueCodecError/Code/tooLarge`` for a value that no reader with
    ///   the same inflation limit could read again.
    public func encode(_ value: Wrapped.Value) throws -> EncodedValue {
        try compressed(try wrapped.encode(value), above: threshold)
    }

    /// The value, inflated first where it is compressed.
    ///
    /// - Throws: What ``EncodedValue/inflated(limit:)`` and the wrapped codec throw.
    public func decode(_ encoded: EncodedValue) throws -> Wrapped.Value {
        try wrapped.decode(try encoded.inflated(limit: inflationLimit))
    }

    private func compressed(_ encoded: EncodedValue, above threshold: Int) throws -> EncodedValue {
        try encoded.compressed(above: threshold, level: level, inflationLimit: inflationLimit)
    }
}

/// A codec that can be told from which size on it compresses, so that nothing is compressed in vain.
protocol CompressingCodec<Value>: ValueCodec {
    /// - Parameter threshold: instead of the codec's own.
    func encode(_ value: Value, compressingAbove threshold: Int) throws -> EncodedValue
}

extension CompressedCodec: CompressingCodec {
    func encode(_ value: Value, compressingAbove threshold: Int) throws -> EncodedValue {
        let encoded = try wrapped.encode(value)
        guard encoded.compression != .none else { return try compressed(encoded, above: threshold) }
        // The wrapped codec has compressed from another size on.
        let plain = try encoded.inflatedWhereReadable(limit: .max)
        return plain.bytes.readableBytes > threshold ? encoded : plain
    }
}

extension EncodedValue {
    /// The bytes of the greatest number of 64 bits in decimal. Compressed, a server couldn't count it any more.
    private static let longestCounter = 20

    /// Compressed where the value is not yet, has more bytes than the threshold, and gets smaller.
    ///
    /// - Throws: ``ValueCodecError/Code/tooLarge`` for a value that no reader with the same inflation limit could read again.
    consuming func compressed(
        above threshold: Int,
        level: ZlibLevel = .standard,
        inflationLimit: Int = EncodedValue.defaultInflationLimit
    ) throws -> EncodedValue {
        guard compression == .none, bytes.readableBytes > max(threshold, Self.longestCounter) else { return self }
        guard bytes.readableBytes <= inflationLimit else {
            throw ValueCodecError(
                .tooLarge,
                "a value of \(bytes.readableBytes) bytes exceeds the inflation limit of "
                    + "\(inflationLimit) bytes, and would not be read again"
            )
        }
        if let deflated = try bytes.deflated(level: level) {
            bytes = deflated
            compression = .zlib
        }
        return self
    }
}

extension ValueCodec {
    /// This codec's values, compressed with zlib where that makes them smaller.
    ///
    /// - Parameters:
    ///   - threshold: Values of up to this many bytes stay as they are, and in any case those of up to 20 bytes, so that a server can
    ///     count what is a number. Below a few hundred bytes compression rarely pays.
    ///   - level: How hard zlib tries.
    ///   - inflationLimit: The most bytes that a value may have uncompressed, 64 MiB by default and at most 1 GiB. A
    ///     stored value that inflates to more is an error, however small it is on the server.
    public func compressed(
        above threshold: Int,
        level: ZlibLevel = .standard,
        inflationLimit: Int = EncodedValue.defaultInflationLimit
    ) -> CompressedCodec<Self> {
        CompressedCodec(self, threshold: threshold, level: level, inflationLimit: inflationLimit)
    }
}
