import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The two ways to write a property list.
public enum PropertyListFormat: Hashable, Sendable, CaseIterable {
    /// Apple's binary format: compact and quick.
    case binary
    /// XML: larger, and readable.
    case xml
}

/// `Codable` values as property lists. Made by ``ValueCodec/propertyList(_:limits:)``.
///
/// At the top must stand what becomes an array or a dictionary: a struct, a dictionary, an array. Reads values that a
/// codec of the same format wrote, and unmarked ones of that format.
///
/// Foundation's decoder can be brought down by a list that is nested too deeply, so each is scanned first: see
/// ``PropertyListLimits``.
///
/// Two things Foundation leaves to you. It takes the parts of a `Decimal` from the list unchecked, and computing with
/// one of absurd parts can trap: where you don't trust who writes to the server, store a `Decimal` as a string. And
/// `$null` means nil to it: a string of that text can't be read again, nor from XML one that begins with it.
public struct PropertyListCodec<Value: Codable>: ValueCodec {
    private let format: PropertyListFormat
    private let limits: PropertyListLimits
    private let encoder: PropertyListEncoder
    private let decoder = PropertyListDecoder()

    init(_ format: PropertyListFormat, limits: PropertyListLimits) {
        self.format = format
        self.limits = limits
        encoder = PropertyListEncoder()
        encoder.outputFormat =
            switch format {
            case .binary: .binary
            case .xml: .xml
            }
    }

    private var valueFormat: ValueFormat {
        switch format {
        case .binary: .binaryPropertyList
        case .xml: .xmlPropertyList
        }
    }

    /// `binary property list` or `XML property list`.
    public var name: String { valueFormat.description }

    /// The value as a property list.
    ///
    /// - Throws: ``ValueCodecError/Code/notEncodable``, with the encoder's error underneath; also where the list would
    ///   be over the limits and could not be read again.
    public func encode(_ value: Value) throws(ValueCodecError) -> EncodedValue {
        let bytes: ByteBuffer
        do {
            bytes = ByteBuffer(bytes: try encoder.encode(value))
        } catch {
            throw ValueCodecError(
                .notEncodable,
                "\(Value.self) can't be written by the \(name) codec",
                cause: error
            )
        }
        do {
            try scan(bytes)
        } catch {
            throw ValueCodecError(
                .notEncodable,
                "\(Value.self), written by the \(name) codec, would not be read again: \(error.message)",
                cause: error
            )
        }
        return EncodedValue(bytes: bytes, format: valueFormat)
    }

    /// The value of a property list.
    ///
    /// - Throws: ``ValueCodecError/Code/refusedPropertyList`` where the bytes are no such list or beyond the limits,
    ///   ``ValueCodecError/Code/corrupted`` where Foundation finds more to complain about, or
    ///   ``ValueCodecError/Code/typeMismatch`` where the list doesn't fit `Value`; the decoder's error is underneath.
    public func decode(_ encoded: EncodedValue) throws(ValueCodecError) -> Value {
        let bytes = try encoded.bytes(as: valueFormat, readBy: name)
        try scan(bytes)
        let data = Data(bytes.readableBytesView)
        do {
            return try decoder.decode(Value.self, from: data)
        } catch let error as DecodingError {
            if case .dataCorrupted(let context) = error, context.codingPath.isEmpty,
                (try? decoder.decode(SoundDocument.self, from: data)) == nil
            {
                throw ValueCodecError(.corrupted, "the stored bytes are no valid \(name)", cause: error)
            }
            throw ValueCodecError(
                .typeMismatch,
                "the stored \(name) doesn't fit \(Value.self): \(error.summary)",
                cause: error
            )
        } catch {
            throw ValueCodecError(.typeMismatch, "the stored \(name) was refused by \(Value.self)", cause: error)
        }
    }

    private func scan(_ bytes: ByteBuffer) throws(ValueCodecError) {
        do {
            try bytes.withUnsafeReadableBytes { bytes in
                switch format {
                case .binary: try BinaryPropertyListScan.check(bytes, limits: limits)
                case .xml: try XMLPropertyListScan.check(bytes, limits: limits)
                }
            }
        } catch let error as ValueCodecError {
            throw error
        } catch {
            throw ValueCodecError(.corrupted, "the stored bytes are no valid \(name)", cause: error)
        }
    }
}

extension ValueCodec {
    /// `Codable` values as property lists, binary by default.
    ///
    /// - Parameters:
    ///   - format: Binary or XML. A codec of one doesn't read the other.
    ///   - limits: What a stored list may demand of its reader.
    public static func propertyList<Content: Codable>(
        _ format: PropertyListFormat = .binary,
        limits: PropertyListLimits = PropertyListLimits()
    ) -> PropertyListCodec<Content> where Self == PropertyListCodec<Content> {
        PropertyListCodec(format, limits: limits)
    }
}
