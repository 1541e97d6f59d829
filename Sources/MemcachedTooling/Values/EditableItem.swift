import Foundation
package import Memcached
package import NIOCore

/// A stored value as a person edits it: as text, and back in the format in which it was stored, so that others still read it.
package struct EditableItem: Sendable {
    /// What the editor shows.
    package let text: ByteBuffer
    package let choice: CodecChoice
    private let format: ItemFormat
    private let isBinaryList: Bool

    /// - Parameter codec: what the value is taken for; nil for what its flags and its bytes say.
    package init(_ item: MemcachedItem, codec: CodecChoice?) throws {
        let stored = try FlagsConvention.native.unpack(flags: item.flags, bytes: item.value)
        format = ItemFormat(flags: item.flags, isCompressed: stored.compression != .none)
        let value: ByteBuffer
        if let codec {
            choice = codec
            value = try DocumentCodec(choice: codec).decode(try stored.inflated())
        } else {
            let description = try FlagsConvention.native.describe(flags: item.flags, bytes: item.value)
            // What nobody has marked may be digits, and no number: a postcode has leading zeros.
            let isUnmarkedNumber = description.kind == .int && stored.format == .unmarked
            choice = isUnmarkedNumber ? .text : CodecChoice(description) ?? .bytes
            let isDocument = [.text, .json, .plist].contains(choice)
            value = isDocument ? description.bytes : ByteBuffer(string: description.text)
        }
        isBinaryList = choice == .plist && value.isBinaryPropertyList
        text = try Self.shown(value, as: choice)
    }

    private static func shown(_ bytes: ByteBuffer, as choice: CodecChoice) throws -> ByteBuffer {
        switch choice {
        case .bytes:
            throw ValueCodecError(
                .notEncodable,
                "it is bytes, which a text editor would spoil; take them with 'get --codec bytes', and store them with "
                    + "'set --codec bytes'"
            )
        case .plist where bytes.isBinaryPropertyList:
            let list = try PropertyListDocument.converted(bytes, to: .xml)
            guard try PropertyListDocument.isSame(bytes, list) else {
                throw ValueCodecError(
                    .notEncodable,
                    "it would be edited in XML, which can't hold all of it exactly, such as a date's fractions of a second; store it "
                        + "from a program instead"
                )
            }
            return list
        default:
            return bytes
        }
    }

    /// What is stored for an edited text.
    ///
    /// - Parameter isExact: whether a line end at the end is meant, which an editor adds of its own accord.
    /// - Throws: where it is not what the item's codec reads.
    package func stored(_ edited: ByteBuffer, isExact: Bool = false) throws -> (flags: UInt32, bytes: ByteBuffer) {
        let edited = isExact ? edited : withoutEditorsNewline(edited)
        return try format.packed(encoded(edited))
    }

    private func encoded(_ edited: ByteBuffer) throws -> ByteBuffer {
        if choice == .json {
            // The codec would take away a line's end, which is the value's own here.
            try JSONDocument.check(edited)
            return edited
        }
        let bytes = try DocumentCodec(choice: choice).encode(edited).bytes
        return isBinaryList ? try PropertyListDocument.converted(bytes, to: .binary) : bytes
    }

    /// Whether somebody has changed something, beyond what editors do of their own accord.
    package func isChanged(by edited: ByteBuffer) -> Bool { withoutEditorsNewline(edited) != text }

    /// Editors end a last line that had no end.
    private func withoutEditorsNewline(_ edited: ByteBuffer) -> ByteBuffer {
        let newline = UInt8(ascii: "\n")
        guard text.readableBytesView.last != newline, edited.readableBytesView.last == newline else { return edited }
        return ByteBuffer(edited.readableBytesView.dropLast())
    }
}

extension ByteBuffer {
    fileprivate var isBinaryPropertyList: Bool { readableBytesView.starts(with: "bplist".utf8) }
}

extension PropertyListDocument {
    /// A list in XML as Foundation lays it out, which can't hold all of a binary one exactly.
    package static func xml(of bytes: ByteBuffer) throws -> ByteBuffer { try converted(bytes, to: .xml) }

    /// The same list in the other format. It is checked before, since Foundation would follow nested lists until the stack ends.
    fileprivate static func converted(
        _ bytes: ByteBuffer,
        to format: PropertyListSerialization.PropertyListFormat
    ) throws -> ByteBuffer {
        let list = try parsed(bytes)
        return ByteBuffer(bytes: try PropertyListSerialization.data(fromPropertyList: list, format: format, options: 0))
    }

    fileprivate static func isSame(_ one: ByteBuffer, _ other: ByteBuffer) throws -> Bool {
        // As elements, so that all kinds of lists can be compared.
        NSArray(array: [try parsed(one)]).isEqual(to: [try parsed(other)])
    }

    private static func parsed(_ bytes: ByteBuffer) throws -> Any {
        _ = try Self.format(of: bytes)
        return try PropertyListSerialization.propertyList(from: Data(bytes.readableBytesView), format: nil)
    }
}
