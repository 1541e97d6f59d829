/// Looks over an XML property list before Foundation's decoder sees it, without recursion: the decoder recurses at each
/// level.
///
/// It follows the decoder's own idea of XML: a tag ends at the next `>` whatever its attributes quote, comments end at
/// `-->`, CDATA sections at `]]>`. Whether tags match and contents make sense is left to the decoder.
struct XMLPropertyListScan {
    private let bytes: UnsafeRawBufferPointer
    private let depthLimit: Int
    private var position = 0
    private var depth = 0
    private var hasRoot = false

    /// Throws unless the document is within the limit, complete, in UTF-8, and without declarations of its own.
    static func check(_ bytes: UnsafeRawBufferPointer, limits: PropertyListLimits) throws(ValueCodecError) {
        var scan = XMLPropertyListScan(bytes: bytes, depthLimit: limits.depth)
        try scan.checkProlog()
        while try scan.skipToTag() {
            try scan.tag()
        }
        guard scan.hasRoot, scan.depth == 0 else { throw refusal("it ends too early") }
    }

    private init(bytes: UnsafeRawBufferPointer, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private static func refusal(_ reason: String) -> ValueCodecError {
        ValueCodecError(.refusedPropertyList, "the stored XML property list is refused: \(reason)")
    }

    /// Tells XML from the binary and the OpenStep format, all of which the decoder would read.
    private mutating func checkProlog() throws(ValueCodecError) {
        guard !bytes.starts(with: Array("bplist".utf8)) else {
            throw Self.refusal("the bytes are a binary property list, not an XML one")
        }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
        skipWhitespace()
        if isNext("<?xml") {
            let start = position
            try skip(past: "?>")
            try checkEncoding(bytes[start..<position])
        }
        skipWhitespace()
        guard isNext("<!") || isNext("<plist") else { throw Self.refusal("no XML property list") }
    }

    private func checkEncoding(_ declaration: Slice<UnsafeRawBufferPointer>) throws(ValueCodecError) {
        let text = String(decoding: declaration, as: UTF8.self).lowercased()
        guard let encoding = text.split(separator: "encoding", maxSplits: 1).dropFirst().first else { return }
        let name = encoding.drop { $0 == " " || $0 == "=" }.dropFirst()
        guard name.starts(with: "utf-8") else { throw Self.refusal("it is not in UTF-8") }
    }

    /// Moves to the next `<`. Text may stand only inside the root.
    private mutating func skipToTag() throws(ValueCodecError) -> Bool {
        if depth == 0 {
            skipWhitespace()
            guard position < bytes.count else { return false }
            guard bytes[position] == UInt8(ascii: "<") else { throw Self.refusal("text stands outside of it") }
            return true
        }
        guard let next = bytes[position...].firstIndex(of: UInt8(ascii: "<")) else { return false }
        position = next
        return true
    }

    private mutating func tag() throws(ValueCodecError) {
        if isNext("<!--") {
            position += 4
            try skip(past: "-->")
        } else if isNext("<![CDATA[") {
            position += 9
            try skip(past: "]]>")
        } else if isNext("<?") {
            try skip(past: "?>")
        } else if isNext("<!") {
            try declaration()
        } else if isNext("</") {
            try skip(past: ">")
            depth -= 1
            guard depth >= 0 else { throw Self.refusal("a tag is closed that is not open") }
        } else {
            guard depth > 0 || !hasRoot else { throw Self.refusal("it has a second root") }
            hasRoot = true
            let isContainer = isNext("<array") || isNext("<dict") || isNext("<plist")
            try skip(past: ">")
            guard bytes[position - 2] != UInt8(ascii: "/") else { return }
            depth += 1
            // The plist element around everything is no level, and neither is the string or number inside the
            // innermost.
            guard depth <= depthLimit + (isContainer ? 1 : 2) else {
                throw Self.refusal("it is nested more than \(depthLimit) levels deep")
            }
        }
    }

    /// Declarations of entities would stand in brackets. The ordinary DOCTYPE has none.
    private mutating func declaration() throws(ValueCodecError) {
        let start = position
        guard isNext("<!DOCTYPE"), !hasRoot else { throw Self.refusal("it has a declaration other than the DOCTYPE") }
        try skip(past: ">")
        guard !bytes[start..<position].contains(UInt8(ascii: "[")) else {
            throw Self.refusal("it declares entities of its own")
        }
    }

    private mutating func skipWhitespace() {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
            position += 1
        }
    }

    private func isNext(_ text: StaticString) -> Bool {
        bytes[position...].starts(with: text)
    }

    private mutating func skip(past text: StaticString) throws(ValueCodecError) {
        let first = text.withUTF8Buffer { $0.first } ?? 0
        while let candidate = bytes[position...].firstIndex(of: first) {
            position = candidate
            if isNext(text) {
                position += text.utf8CodeUnitCount
                return
            }
            position += 1
        }
        throw Self.refusal("it ends too early")
    }
}

extension Sequence<UInt8> {
    fileprivate func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { starts(with: $0) }
    }
}
