#if Management
import Memcached
import MemcachedTooling
import NIOCore

/// A value as a form's field holds it, and back: what a browser would change on the way can't be edited there.
struct FormText: Sendable {
    /// What the field shows.
    let text: String
    private let isCompactJSON: Bool

    /// The most bytes that a field shows.
    static let limit = 256 * 1024

    /// - Throws: `ValueCodecError` that says why it can't be edited in a form.
    init(_ editable: EditableItem) throws(ValueCodecError) {
        guard editable.text.readableBytes <= Self.limit else {
            throw Self.refusal("it has \(editable.text.readableBytes) bytes, and a form takes \(Self.limit)")
        }
        guard let text = editable.text.text else { throw Self.refusal("it is not UTF-8") }
        let unkept = "a form would change; 'memcached-dict edit' keeps them"
        guard !text.utf8.contains(UInt8(ascii: "\r")) else {
            throw Self.refusal("it has carriage returns, which \(unkept)")
        }
        guard !text.utf8.contains(0) else { throw Self.refusal("it has NUL characters, which \(unkept)") }
        let isJSON = editable.choice == .json
        let indented =
            isJSON && JSONLayout.compact(text) == text ? JSONLayout.indented(text, limit: Self.limit) : nil
        isCompactJSON = indented != nil
        self.text = indented ?? text
    }

    private static func refusal(_ reason: String) -> ValueCodecError { ValueCodecError(.notEncodable, reason) }

    /// What a form has sent back, as the value has it.
    func value(of sent: String) -> ByteBuffer {
        let lines = Self.withPlainLineEnds(sent)
        return ByteBuffer(string: isCompactJSON ? JSONLayout.compact(lines) : lines)
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
