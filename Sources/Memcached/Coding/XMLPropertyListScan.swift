/// Looks over an XML property list before Foundation's decoder sees it, without recursion: the decoder recurses at each
/// level.
///
/// It follows the decoder's own idea of XML: a tag ends at the next `>`, comments end at `-->`, CDATA sections at
/// `]]>`. Tags whose quotes don't pair are refused, and so is what the decoder itself reads in two ways, so that nothing can hide
/// between two readings. Whether tags match and contents make sense is left to the decoder.
struct XMLPropertyListScan {
    /// In bytes; `2001-01-01T00:00:00Z` has 20. The decoder computes with any year, and traps at one near `Int.min`.
    private static let longestDate = 26

    private let bytes: UnsafeRawBufferPointer
    private let depthLimit: Int
    private var position = 0
    private var depth = 0
    private var hasRoot = false

    /// Throws unless the document is within the limit, complete, in UTF-8, and without declarations of its own.
    static func check(_ bytes: UnsafeRawBufferPointer, limits: PropertyListLimits) throws(ValueCodecError) {
        var scan = XMLPropertyListScan(bytes: bytes, depthLimit: limits.depth)
        try scan.checkProlog()
        // The decoder traps at a byte in a number that begins no character.
        guard String(validating: bytes, as: UTF8.self) != nil else { throw refusal("it is not in UTF-8") }
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
            try skipInstruction()
            try checkEncoding(from: start)
        }
        skipWhitespace()
        guard isNext("<!") || isNext("<plist") else { throw Self.refusal("no XML property list") }
    }

    /// The decoder takes the first `encoding=` in the declaration, wherever it stands; on Apple's platforms it converts
    /// from that encoding. So none may say anything but UTF-8.
    private func checkEncoding(from start: Int) throws(ValueCodecError) {
        for place in start..<position where isNext("encoding", at: place) {
            let value = bytes[(place + "encoding".utf8.count)...].prefix(#"="utf-8""#.utf8.count)
            switch String(decoding: value, as: UTF8.self).lowercased() {
            case #"="utf-8""#, "='utf-8'": continue
            default: throw Self.refusal("it is not in UTF-8")
            }
        }
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
            guard !isNext("<!-->"), !isNext("<!--->") else { throw Self.refusal("a comment ends where it begins") }
            position += 4
            try skip(past: "-->")
        } else if isNext("<![CDATA[") {
            position += 9
            try skip(past: "]]>")
        } else if isNext("<?") {
            try skipInstruction()
        } else if isNext("<!") {
            try declaration()
        } else if isNext("</") {
            try skip(past: ">")
            depth -= 1
            guard depth >= 0 else { throw Self.refusal("a tag is closed that is not open") }
        } else {
            guard depth > 0 || !hasRoot else { throw Self.refusal("it has a second root") }
            guard hasRoot || isNext("<plist") else { throw Self.refusal("no XML property list") }
            hasRoot = true
            let isContainer = isNext("<array") || isNext("<dict") || isNext("<plist")
            let (isKey, isDate) = (isNext("<key"), isNext("<date"))
            let start = position
            try skip(past: ">")
            try checkQuotes(from: start)
            guard bytes[position - 2] != UInt8(ascii: "/") else {
                // The decoder takes an empty key for an opening one.
                guard !isKey else { throw Self.refusal("it has an empty key") }
                return
            }
            depth += 1
            // The plist element around everything is no level, and neither is the string or number inside the
            // innermost.
            guard depth <= depthLimit + (isContainer ? 1 : 2) else {
                throw Self.refusal("it is nested more than \(depthLimit) levels deep")
            }
            if isDate { try checkDate() }
        }
    }

    /// The decoder ends a `<?>` before the root at the next `?>`, but inside of the root at once.
    private mutating func skipInstruction() throws(ValueCodecError) {
        guard !isNext("<?>") else { throw Self.refusal("it has an empty instruction") }
        position += 2
        try skip(past: "?>")
    }

    /// To the decoder a tag ends at the first `>`, within quotes too.
    private func checkQuotes(from start: Int) throws(ValueCodecError) {
        for quote in [UInt8(ascii: "\""), UInt8(ascii: "'")] {
            guard bytes[start..<position].count(where: { $0 == quote }).isMultiple(of: 2) else {
                throw Self.refusal("the quotes in a tag don't pair")
            }
        }
    }

    private func checkDate() throws(ValueCodecError) {
        let date = bytes[position...].prefix { $0 != UInt8(ascii: "<") }
        guard date.count <= Self.longestDate else { throw Self.refusal("a date is too long") }
    }

    /// Declarations of entities would stand in brackets. The ordinary DOCTYPE has none.
    private mutating func declaration() throws(ValueCodecError) {
        let start = position
        guard isNext("<!DOCTYPE"), !hasRoot else { throw Self.refusal("it has a declaration other than the DOCTYPE") }
        try skip(past: ">")
        guard !bytes[start..<position].contains(UInt8(ascii: "[")) else {
            throw Self.refusal("it declares entities of its own")
        }
        try checkQuotes(from: start)
    }

    private mutating func skipWhitespace() {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
            position += 1
        }
    }

    private func isNext(_ text: StaticString) -> Bool {
        isNext(text, at: position)
    }

    private func isNext(_ text: StaticString, at place: Int) -> Bool {
        bytes[place...].starts(with: text)
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
