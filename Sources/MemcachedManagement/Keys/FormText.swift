#if Management
import Memcached
import MemcachedTooling
import NIOCore

/// A value as a form's field holds it, and back: as text, or in hexadecimal where that isn't text, or a browser would change it on the way.
struct FormText: Sendable {
    /// What the field shows.
    let text: String
    /// Why it is in hexadecimal; nil of what is text.
    let hexNote: String?
    private let source: Source

    private enum Source {
        case text(EditableItem, isCompactJSON: Bool)
        case bytes(ItemBytes)
    }

    /// The most bytes of text that a field shows.
    static let limit = 256 * 1024
    /// The most bytes that a field shows in hexadecimal, where each takes three of text.
    static let hexLimit = limit / 3

    /// Why a value can't be edited in a form.
    struct Refusal: Error {
        let words: String

        init(_ bytes: Int, _ limit: Int, _ unit: String) {
            words = "it has \(bytes.grouped) bytes, and a form takes at most \(limit.grouped) bytes \(unit)"
        }
    }

    init(_ item: MemcachedItem) throws(Refusal) {
        let editable = try? EditableItem(item, codec: nil)
        let spoiled = editable.map(Self.isSpoiled) ?? false
        guard let editable, !spoiled, let text = editable.text.text else {
            let bytes = ItemBytes(item)
            let count = bytes.bytes.readableBytes
            guard count <= Self.hexLimit else { throw Refusal(count, Self.hexLimit, "in hexadecimal") }
            self.text = HexText.text(of: bytes.bytes.readableBytesView)
            hexNote = [HexText.help, Self.reason(bytes, isSpoiled: spoiled)].compactMap(\.self).joined(separator: " ")
            source = .bytes(bytes)
            return
        }
        guard text.utf8.count <= Self.limit else { throw Refusal(text.utf8.count, Self.limit, "of text") }
        let isCompact = editable.choice == .json && JSONLayout.compact(text) == text
        let layout = isCompact ? JSONLayout.indented(text, limit: Self.limit) : nil
        let indented = layout?.isWhole == true ? layout?.text : nil
        self.text = indented ?? text
        hexNote = nil
        source = .text(editable, isCompactJSON: indented != nil)
    }

    var isHex: Bool { hexNote != nil }

    /// Whether a browser would change the text.
    private static func isSpoiled(_ editable: EditableItem) -> Bool {
        editable.text.readableBytesView.contains { $0 == UInt8(ascii: "\r") || $0 == 0 }
    }

    private static func reason(_ bytes: ItemBytes, isSpoiled: Bool) -> String? {
        if bytes.problem != nil { return "These are the bytes as they are stored." }
        if isSpoiled { return "As text it has carriage returns or NUL characters, which a form would change." }
        if bytes.choice == .plist {
            return "XML can't hold all of this property list, as a date's fractions of a second."
        }
        return nil
    }

    /// What goes to the server for what a form has sent.
    ///
    /// - Throws: `HexText.Problem` where that tells no bytes, and where it is not what the item's flags say.
    func stored(_ sent: String) throws -> (flags: UInt32, bytes: ByteBuffer) {
        switch source {
        case .text(let editable, let isCompactJSON):
            let lines = Self.withPlainLineEnds(sent)
            let value = ByteBuffer(string: lines)
            guard isCompactJSON else { return try editable.stored(value, isExact: true) }
            // Before the white space goes that keeps two numbers apart.
            try JSONDocument.check(value)
            return try editable.stored(ByteBuffer(string: JSONLayout.compact(lines)), isExact: true)
        case .bytes(let bytes):
            let value = try HexText.bytes(of: sent)
            guard bytes.choice != .text || value.text != nil else {
                throw ValueCodecError(.invalidText, "a text is UTF-8, and these bytes are not")
            }
            return try bytes.stored(value)
        }
    }

    /// Browsers end each line with a carriage return and a line feed.
    static func withPlainLineEnds(_ sent: String) -> String {
        let bytes = Array(sent.utf8)
        return String(
            decoding: bytes.indices.lazy.filter { index in
                bytes[index] != UInt8(ascii: "\r") || index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n")
            }.map { bytes[$0] },
            as: UTF8.self
        )
    }
}
#endif
