import Foundation
package import Memcached
package import NIOCore

/// Property lists of any shape, which are only looked at.
package enum PropertyListDocument {
    /// Accepts whatever there is once the codec has scanned the list.
    private struct Anything: Codable {
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {}
    }

    /// Binary or XML, by the bytes.
    ///
    /// - Throws: where they are no property list, or one that a reader would refuse.
    package static func format(of bytes: ByteBuffer) throws -> ValueFormat {
        let isBinary = bytes.readableBytesView.starts(with: "bplist".utf8)
        guard isBinary || bytes.readableBytesView.prefix(256).contains(UInt8(ascii: "<")) else {
            throw ValueCodecError(.corrupted, "it is neither a binary property list nor one in XML")
        }
        let format: ValueFormat = isBinary ? .binaryPropertyList : .xmlPropertyList
        // The codec's scan comes first: Foundation would follow nested and cyclic lists until the stack ends.
        let codec: PropertyListCodec<Anything> = .propertyList(isBinary ? .binary : .xml)
        _ = try codec.decode(EncodedValue(bytes: bytes, format: format))
        do {
            _ = try PropertyListSerialization.propertyList(from: Data(bytes.readableBytesView), format: nil)
        } catch {
            throw ValueCodecError(.corrupted, "it is no valid \(format)", cause: error)
        }
        return format
    }
}
