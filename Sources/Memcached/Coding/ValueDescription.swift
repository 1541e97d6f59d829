public import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A stored value as a person looks at it, without knowing which codec wrote it.
public struct ValueDescription: Hashable, Sendable {
    /// What the value is, by its flags; of unmarked values by its bytes.
    ///
    /// Unmarked digits are an integer, an array or an object in JSON is JSON, also where another client marks it as a
    /// string, other UTF-8 is a string, anything else bytes.
    public let kind: ValueKind
    /// The codec that reads the value, such as `json`, or the foreign serializer that wrote it, such as `Python
    /// pickle`.
    public let codec: String
    /// Whether the bytes on the server are compressed.
    public let isCompressed: Bool
    /// The value's bytes, inflated.
    public let bytes: ByteBuffer
    /// The value in words: text, JSON and XML as they are, numbers in decimal, `true` or `false`, and Base64 of
    /// everything else.
    public let text: String
}

extension FlagsConvention {
    /// Describes a stored value. Values of foreign serializers are described as bytes.
    ///
    /// - Throws: What ``unpack(flags:bytes:)`` and ``EncodedValue/inflated(limit:)`` throw. Bytes that are not what the
    ///   flags say are no error here, but described as a string or bytes.
    public func describe(
        flags: UInt32,
        bytes: ByteBuffer,
        inflationLimit: Int = EncodedValue.defaultInflationLimit
    ) throws(ValueCodecError) -> ValueDescription {
        let stored = try unpack(flags: flags, bytes: bytes)
        let value = try stored.inflated(limit: inflationLimit)
        let expected = value.expectedKind
        let (kind, text) = value.text(as: expected)
        let isNamed = kind == expected && !value.format.isUnmarked
        return ValueDescription(
            kind: kind,
            codec: isNamed ? value.format.description : kind.codec,
            isCompressed: stored.compression != .none,
            bytes: value.bytes,
            text: text
        )
    }
}

extension ValueKind {
    /// The codec to read an unmarked value of this kind with.
    fileprivate var codec: String {
        let format: ValueFormat =
            switch self {
            case .string: .text
            case .int: .integer
            case .double: .double
            case .bool: .bool
            case .bytes: .bytes
            case .json: .json
            case .plist: .binaryPropertyList
            }
        return format.description
    }
}

extension EncodedValue {
    /// What the format says, or else what the bytes look like.
    fileprivate var expectedKind: ValueKind {
        switch format.kind {
        case nil: guessedKind
        case .string? where format.isUnmarked && isJSONContainer: .json
        case let kind?: kind
        }
    }

    /// What unmarked bytes look like.
    private var guessedKind: ValueKind {
        if DecimalText(bytes).isInteger { return .int }
        if bytes.readableBytesView.starts(with: "bplist00".utf8) { return .plist }
        if isJSONContainer { return .json }
        let controls = bytes.readableBytesView.contains { $0 < 0x20 && ![0x09, 0x0a, 0x0d].contains($0) || $0 == 0x7f }
        return controls ? .bytes : .string
    }

    /// Whether it is an array or an object in JSON. What else JSON may be, such as a number, is more likely something else.
    private var isJSONContainer: Bool {
        let view = bytes.readableBytesView
        guard let first = view.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            // Foundation would take what has NUL bytes for UTF-16.
            !view.contains(0), JSONNesting.depth(of: bytes) <= JSONNesting.limit, !JSONParts(view).hasTrailingComma
        else { return false }
        return (try? JSONDecoder().decode(SoundDocument.self, from: Data(view))) != nil
    }

    /// The value in words, as the kind that was expected or else a simpler one.
    fileprivate func text(as kind: ValueKind) -> (ValueKind, String) {
        if let text = words(as: kind) { return (kind, text) }
        if kind != .bytes, let text = words(as: .string) { return (.string, text) }
        return (.bytes, base64)
    }

    private func words(as kind: ValueKind) -> String? {
        switch kind {
        case .string, .json:
            return bytes.withUnsafeReadableBytes { String(validating: $0, as: UTF8.self) }
        case .int:
            let number = DecimalText(bytes)
            return number.isInteger ? String(decoding: number.bytes, as: UTF8.self) : nil
        case .double:
            return DecimalText(bytes).floatingPoint(Double.self).map { "\($0)" }
        case .bool:
            return (try? BoolCodec().decode(EncodedValue(bytes: bytes, format: .bool))).map { "\($0)" }
        case .plist where format == .xmlPropertyList:
            return words(as: .string)
        case .bytes, .plist:
            return base64
        }
    }

    private var base64: String { Data(bytes.readableBytesView).base64EncodedString() }
}
