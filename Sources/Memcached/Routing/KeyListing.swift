#if Configuration
public import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A format of files whose keys can be listed, for ``ListedSnapshot``. `JSONSnapshot` is one, and `YAMLSnapshot` with the trait `YAML`.
public protocol KeyListing: FileConfigSnapshot {
    /// The keys of all values in a file, with dots between the parts, as in `dictionaries.sessions.expiration`. An empty object has none.
    ///
    /// - Parameter data: the file, from which a snapshot has already been made.
    static func keys(in data: RawSpan) throws -> [String]
}

extension JSONSnapshot: KeyListing {
    /// The keys, those of values that are null among them.
    public static func keys(in data: RawSpan) throws -> [String] {
        try JSONDecoder().decode(JSONKeys.self, from: data.withUnsafeBytes { Data($0) }).keys
    }
}

private struct JSONKeys: Decodable {
    /// Behind the value's own key, each begins with a dot; the value itself is the empty one.
    private let endings: [String]

    var keys: [String] { endings.map { String($0.dropFirst()) } }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        guard let members = try? decoder.container(keyedBy: Name.self) else {
            endings = [""]
            return
        }
        endings = try members.allKeys.flatMap { name in
            try members.decode(JSONKeys.self, forKey: name).endings.map { ".\(name.stringValue)\($0)" }
        }
    }
}
#endif
