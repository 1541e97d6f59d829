/// Why a value could not be encoded or decoded.
public struct ValueCodecError: Error, Sendable {
    /// What kind of failure this is.
    public let code: Code
    /// What is wrong and, where there is something, what to do about it. Of the value it quotes at most the names
    /// of fields and dictionary keys.
    public let message: String
    /// The error underneath, such as a `DecodingError`. It may quote from the value.
    public let cause: (any Error)?

    /// An error of a codec or a convention.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    static let fastlz = ValueCodecError(
        .unsupportedCompression,
        "compressed with FastLZ, which this package doesn't read: "
            + "have the PHP client write zlib (memcached.compression_type=zlib)"
    )
}

extension ValueCodecError {
    /// A kind of failure.
    ///
    /// Later versions may add kinds, so that a `switch` over them needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String, Sendable {
            case formatMismatch, foreignFormat, unknownFlags, unrepresentable
            case corrupted, truncated, trailingBytes, tooLarge, unsupportedCompression
            case refusedPropertyList, nestedTooDeeply, typeMismatch, invalidText, invalidNumber, notEncodable,
                outOfMemory
        }

        private let name: Name

        /// The name of the kind, as in `formatMismatch`.
        public var description: String { name.rawValue }

        /// The value was stored in another format, or compressed and the codec doesn't inflate.
        public static let formatMismatch = Code(name: .formatMismatch)
        /// The value was stored by another language's serializer, such as Python's pickle.
        public static let foreignFormat = Code(name: .foreignFormat)
        /// The flags mean nothing in the convention: another client wrote the item, or another convention did.
        public static let unknownFlags = Code(name: .unknownFlags)
        /// The convention has no flags for this format or this compression. Nothing was sent.
        public static let unrepresentable = Code(name: .unrepresentable)
        /// The bytes are not what their format says.
        public static let corrupted = Code(name: .corrupted)
        /// The compressed bytes end too early.
        public static let truncated = Code(name: .truncated)
        /// Bytes follow the end of the compressed value, as after an append.
        public static let trailingBytes = Code(name: .trailingBytes)
        /// The value is, or would inflate to, more bytes than the limit.
        public static let tooLarge = Code(name: .tooLarge)
        /// The compression is one that this package doesn't read.
        public static let unsupportedCompression = Code(name: .unsupportedCompression)
        /// The property list is malformed, nested too deeply, cyclic, grows too much, or is of another format than the
        /// codec's own.
        public static let refusedPropertyList = Code(name: .refusedPropertyList)
        /// The JSON document has more than 512 levels.
        public static let nestedTooDeeply = Code(name: .nestedTooDeeply)
        /// The document is sound, but not one of the type that was asked for.
        public static let typeMismatch = Code(name: .typeMismatch)
        /// The bytes are not UTF-8.
        public static let invalidText = Code(name: .invalidText)
        /// The bytes are not a number (or Boolean) of the type that was asked for.
        public static let invalidNumber = Code(name: .invalidNumber)
        /// The value can't be encoded: its `encode(to:)` threw.
        public static let notEncodable = Code(name: .notEncodable)
        /// zlib could not allocate its state.
        public static let outOfMemory = Code(name: .outOfMemory)
    }
}

extension ValueCodecError: CustomStringConvertible {
    /// The kind and the message.
    public var description: String { "\(code): \(message)" }
}
