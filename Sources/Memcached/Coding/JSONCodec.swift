import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// `Codable` values as JSON. Made by ``ValueCodec/json(encoder:decoder:)``.
///
/// Any JSON value may stand at the top: an object, an array, a string, a number. Reads values that a JSON codec wrote
/// and unmarked ones, such as a JSON document that a Python or Java client stored as a string; text that a
/// ``TextCodec`` marked as text is refused, JSON or not.
///
/// A document of more than 512 levels is refused.
public struct JSONCodec<Value: Codable>: ValueCodec {
    private let encoder: JSONEncoder
    private let decoder: JSONDecoder

    init(encoder: JSONEncoder, decoder: JSONDecoder) {
        self.encoder = encoder
        self.decoder = decoder
    }

    /// `json`.
    public var name: String { "json" }

    /// The value as a JSON document in UTF-8.
    ///
    /// - Throws: ``ValueCodecError/Code/notEncodable``, with the encoder's error underneath.
    public func encode(_ value: Value) throws(ValueCodecError) -> EncodedValue {
        do {
            return EncodedValue(bytes: ByteBuffer(bytes: try encoder.encode(value)), format: .json)
        } catch {
            throw ValueCodecError(.notEncodable, "\(Value.self) can't be written by the json codec", cause: error)
        }
    }

    /// The value of a JSON document.
    ///
    /// - Throws: ``ValueCodecError/Code/corrupted`` where the bytes are no JSON,
    ///   ``ValueCodecError/Code/nestedTooDeeply``, or ``ValueCodecError/Code/typeMismatch`` where the document doesn't
    ///   fit `Value`; the decoder's error is underneath.
    public func decode(_ encoded: EncodedValue) throws(ValueCodecError) -> Value {
        let bytes = try encoded.bytes(as: .json, readBy: name)
        do {
            return try Self.decode(Value.self, from: bytes, by: decoder)
        } catch let error as DecodingError {
            throw refusal(of: bytes, as: encoded.format, because: error)
        } catch {
            throw ValueCodecError(.typeMismatch, "the stored JSON was refused by \(Value.self)", cause: error)
        }
    }

    private static func decode<Content: Decodable>(
        _ type: Content.Type,
        from bytes: ByteBuffer,
        by decoder: JSONDecoder
    ) throws -> Content {
        try bytes.withUnsafeReadableBytes { bytes in
            // The decoder keeps nothing of the bytes after it returns, so they needn't be copied.
            let data =
                bytes.baseAddress.map {
                    Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: $0), count: bytes.count, deallocator: .none)
                } ?? Data()
            return try decoder.decode(type, from: data)
        }
    }

    private func refusal(
        of bytes: ByteBuffer,
        as format: ValueFormat,
        because error: DecodingError
    ) -> ValueCodecError {
        if case .dataCorrupted(let context) = error, context.codingPath.isEmpty,
            (try? Self.decode(SoundDocument.self, from: bytes, by: decoder)) == nil
        {
            guard JSONNesting.depth(of: bytes) <= JSONNesting.limit else {
                return ValueCodecError(
                    .nestedTooDeeply,
                    "the stored JSON is nested more than \(JSONNesting.limit) levels deep",
                    cause: error
                )
            }
            return ValueCodecError(
                .corrupted,
                "stored as \(format), read by the json codec: not valid JSON",
                cause: error
            )
        }
        return ValueCodecError(
            .typeMismatch,
            "the stored JSON doesn't fit \(Value.self): \(error.summary)",
            cause: error
        )
    }
}

extension ValueCodec {
    /// `Codable` values as JSON.
    ///
    /// - Parameters:
    ///   - encoder: The encoder to use, slashes unescaped by default. Encoders and decoders may be shared between
    ///     tasks, but finish configuring yours before you hand it over. Its dates are seconds since 2001 unless you set
    ///     another strategy.
    ///   - decoder: The decoder to use, set to the same strategies.
    public static func json<Content: Codable>(
        encoder: JSONEncoder? = nil,
        decoder: JSONDecoder? = nil
    ) -> JSONCodec<Content> where Self == JSONCodec<Content> {
        JSONCodec(encoder: encoder ?? .compact, decoder: decoder ?? JSONDecoder())
    }
}

extension JSONEncoder {
    fileprivate static var compact: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return encoder
    }
}
