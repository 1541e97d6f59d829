#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The parts that JSON is written of, one after the other, without the white space between them: brackets, commas, colons, texts with their
/// quotation marks, numbers and words. Of what is no JSON it makes parts, too, and of all of its bytes but white space.
package struct JSONParts: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var place = 0

    package init(_ json: some Sequence<UInt8>) {
        bytes = Array(json)
    }

    package mutating func next() -> ArraySlice<UInt8>? {
        while place < bytes.count, " \t\r\n".utf8.contains(bytes[place]) { place += 1 }
        guard place < bytes.count else { return nil }
        let start = place
        switch bytes[place] {
        case UInt8(ascii: "\""):
            place += 1
            while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            place = Swift.min(place + 1, bytes.count)
        case let byte where Self.isPunctuation(byte):
            place += 1
        default:
            while place < bytes.count, !Self.isPunctuation(bytes[place]), bytes[place] > UInt8(ascii: " ") {
                place += 1
            }
            place = Swift.max(place, start + 1)
        }
        return bytes[start..<place]
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool { "{}[],:\"".utf8.contains(byte) }
}

extension JSONParts {
    /// Whether a comma stands before the bracket that closes an array or an object. Foundation lets it; JSON and other clients don't.
    package var hasTrailingComma: Bool {
        var isAfterComma = false
        for part in self {
            if isAfterComma, part.first == UInt8(ascii: "]") || part.first == UInt8(ascii: "}") { return true }
            isAfterComma = part.first == UInt8(ascii: ",")
        }
        return false
    }

    /// The first name that one object has twice; nil where none has. Of two values, one reader takes the first and another the last.
    package var repeatedName: String? {
        // Of each array and each object that is open.
        var names: [Set<String>] = []
        var last: ArraySlice<UInt8> = []
        for part in self {
            switch part.first {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                names.append([])
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                _ = names.popLast()
            case UInt8(ascii: ":"):
                guard let name = try? JSONDecoder().decode(String.self, from: Data(last)), !names.isEmpty else { break }
                guard names[names.count - 1].insert(name).inserted else { return name }
            default: break
            }
            last = part
        }
        return nil
    }
}
