package import Memcached
package import NIOCore

/// Values as people type them: checked to be what the codec of that name would read, and stored as they are.
///
/// Numbers and Booleans are written as their own codecs write them.
package struct DocumentCodec: ValueCodec {
    package let choice: CodecChoice

    package init(choice: CodecChoice) {
        self.choice = choice
    }

    package var name: String { choice.rawValue }

    package func encode(_ input: ByteBuffer) throws -> EncodedValue {
        switch choice {
        case .json:
            let document = input.withoutFinalNewline
            try JSONDocument.check(document)
            return EncodedValue(bytes: document, format: .json)
        case .plist:
            return EncodedValue(bytes: input, format: try PropertyListDocument.format(of: input))
        case .text:
            guard input.text != nil else { throw Self.refusal("the input is not UTF-8; --codec bytes takes any bytes") }
            return EncodedValue(bytes: input, format: .text)
        case .integer:
            guard let value = try? Self.integer(in: EncodedValue(bytes: input.withoutFinalNewline, format: .integer))
            else {
                throw Self.refusal("the input is no decimal integer from -2^63 to 2^64 - 1")
            }
            return IntegerCodec<Int128>.integer().encode(value)
        case .double:
            let codec = FloatingPointCodec<Double>.double()
            let digits = input.withoutFinalNewline
            // What is too small for a Double would become 0.
            guard let value = try? codec.decode(EncodedValue(bytes: digits, format: .double)),
                value != 0 || digits.isZero
            else {
                throw Self.refusal("the input is no decimal number that a Double can hold")
            }
            return codec.encode(value)
        case .bool:
            guard
                let value = try? BoolCodec.bool().decode(EncodedValue(bytes: input.withoutFinalNewline, format: .bool))
            else {
                throw Self.refusal("the input is none of true, false, 1 and 0")
            }
            return BoolCodec.bool().encode(value)
        case .bytes:
            return EncodedValue(bytes: input, format: .bytes)
        }
    }

    /// The bytes of a stored value, or its text where it is a number or a Boolean. `bytes` reads whatever there is; the others
    /// read what their codecs in the library read.
    package func decode(_ encoded: EncodedValue) throws -> ByteBuffer {
        switch choice {
        case .json:
            let document = try encoded.bytes(as: .json, readBy: name)
            try JSONDocument.check(document)
            return document
        case .plist:
            let isXML = encoded.format == .xmlPropertyList
            let document = try encoded.bytes(as: isXML ? .xmlPropertyList : .binaryPropertyList, readBy: name)
            _ = try PropertyListDocument.format(of: document)
            return document
        case .text:
            return ByteBuffer(string: try TextCodec.text().decode(encoded))
        case .integer:
            return ByteBuffer(string: "\(try Self.integer(in: encoded))")
        case .double:
            return ByteBuffer(string: "\(try FloatingPointCodec<Double>.double().decode(encoded))")
        case .bool:
            return ByteBuffer(string: "\(try BoolCodec.bool().decode(encoded))")
        case .bytes:
            return encoded.bytes
        }
    }

    private static func integer(in encoded: EncodedValue) throws -> Int128 {
        let value = try IntegerCodec<Int128>.integer().decode(encoded)
        // What other clients and the server's counters can hold.
        guard (Int128(Int64.min)...Int128(UInt64.max)).contains(value) else {
            throw refusal("the integer is below -2^63 or above 2^64 - 1")
        }
        return value
    }

    private static func refusal(_ reason: String) -> ValueCodecError {
        ValueCodecError(.notEncodable, reason)
    }
}

extension ByteBuffer {
    /// Without the one `\n` that `echo` and text editors put at the end. A `\r` before it stays.
    fileprivate var withoutFinalNewline: ByteBuffer {
        readableBytesView.last == UInt8(ascii: "\n") ? ByteBuffer(readableBytesView.dropLast()) : self
    }

    /// Whether a number in decimal has no digit but 0 before its exponent.
    fileprivate var isZero: Bool {
        readableBytesView.prefix { !"eE".utf8.contains($0) }.allSatisfy {
            !(UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0)
        }
    }

    /// The bytes as UTF-8; nil where they are not.
    package var text: String? {
        withUnsafeReadableBytes { String(validating: $0, as: UTF8.self) }
    }
}
