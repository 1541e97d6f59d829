#if Configuration
public import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A format of files whose keys can be listed, for ``ListedSnapshot``. `JSONSnapshot` is one, and `YAMLSnapshot` with the trait `YAML`.
public protocol KeyListing: FileConfigSnapshot {
    /// The keys of all values and all empty objects in a file.
    ///
    /// - Parameter data: the file, from which a snapshot has already been made.
    static func keys(in data: RawSpan) throws -> [ListedKey]
}

extension JSONSnapshot: KeyListing {
    /// The keys, those of values that are null among them.
    ///
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` where an object has a name twice, of which a
    ///   snapshot takes one value and other readers the other.
    public static func keys(in data: RawSpan) throws -> [ListedKey] {
        let bytes = data.withUnsafeBytes { Data($0) }
        if let name = JSONParts(bytes).repeatedName {
            throw MemcachedError(
                .invalidArgument,
                "the configuration file has '\(name)' twice in one object; leave one of them"
            )
        }
        return try JSONDecoder().decode(JSONKeys.self, from: bytes).keys
    }
}

private struct JSONKeys: Decodable {
    let keys: [ListedKey]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let names = decoder.codingPath.map(\.stringValue)
        guard let members = try? decoder.container(keyedBy: Name.self) else {
            keys = [ListedKey(names)]
            return
        }
        guard !members.allKeys.isEmpty else {
            keys = [ListedKey(names, isEmptyObject: true)]
            return
        }
        keys = try members.allKeys.flatMap { try members.decode(JSONKeys.self, forKey: $0).keys }
    }
}
#endif
