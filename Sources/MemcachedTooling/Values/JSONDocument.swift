import Foundation
package import Memcached
package import NIOCore

/// JSON of any shape, which is only looked at.
package enum JSONDocument {
    /// Throws unless the bytes are one JSON document, in UTF-8, that Foundation and other clients read.
    package static func check(_ bytes: ByteBuffer) throws(ValueCodecError) {
        // Foundation would also read UTF-16 and UTF-32, and skip a byte order mark; other clients wouldn't.
        guard bytes.text != nil, !bytes.readableBytesView.contains(0) else {
            throw ValueCodecError(.invalidText, "it is not JSON in UTF-8")
        }
        guard !bytes.readableBytesView.starts(with: [0xef, 0xbb, 0xbf]) else {
            throw ValueCodecError(.corrupted, "it begins with a byte order mark, which JSON doesn't allow")
        }
        do {
            try parse(Data(bytes.readableBytesView))
        } catch {
            let number = numberBeyondDouble(bytes.readableBytesView)
            let words =
                number.map { "it holds the number \($0), which is beyond what a Double can hold" }
                ?? "it is not valid JSON\(reason(error).map { ": \($0)" } ?? "")"
            throw ValueCodecError(.corrupted, words, cause: error)
        }
        guard !JSONParts(bytes.readableBytesView).hasTrailingComma else {
            throw ValueCodecError(.corrupted, "it is not valid JSON: a comma stands before a closing bracket")
        }
    }

    private static func parse(_ bytes: Data) throws {
        _ = try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed)
    }

    /// A number that is valid JSON, and that neither Foundation nor most other clients can read: its beginning; nil where there is none.
    private static func numberBeyondDouble(_ document: some Sequence<UInt8>) -> String? {
        JSONParts(document).lazy
            .filter { $0.allSatisfy("0123456789+-.eE".utf8.contains) }
            .map { String(decoding: $0, as: UTF8.self) }
            .first { Double($0)?.isInfinite == true }
            .map { String($0.prefix(40)) }
    }

    /// Why bytes are no JSON, and where; nil where they are JSON, were it with a number that nothing can hold, or Foundation doesn't tell.
    static func fault(of bytes: Data) -> String? {
        do {
            try parse(bytes)
            return nil
        } catch {
            return numberBeyondDouble(bytes) == nil ? reason(error) : nil
        }
    }

    /// The first name that one object has twice; nil where none has.
    static func repeatedName(in bytes: Data) -> String? { JSONParts(bytes).repeatedName }

    /// What Foundation tells about the reason and the place, such as "around line 1, column 5".
    private static func reason(_ error: any Error) -> String? {
        let details = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
        guard let details, !details.isEmpty else { return nil }
        return details.hasSuffix(".") ? String(details.dropLast()) : details
    }
}
