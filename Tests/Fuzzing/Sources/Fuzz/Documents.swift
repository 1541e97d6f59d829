#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A struct of everything that a coder has a way of its own for.
struct Document: Codable {
    var name: String?
    var count: Int?
    var small: Int8?
    var large: UInt64?
    var ratio: Double?
    var share: Float?
    var price: Decimal?
    var isNew: Bool?
    var date: Date?
    var data: Data?
    var id: UUID?
    var link: URL?
    var tags: [String]?
    var counts: [String: Int]?
    var numbered: [Int: Double]?
    var children: [Document]?
}

/// How many arrays and objects a format's documents may have around a value.
protocol NestingLimit {
    static var depth: Int { get }
}

enum JSONNestingLimit: NestingLimit {
    static let depth = 512
}

/// Low enough for inputs of a few hundred bytes to get past it.
enum PropertyListNestingLimit: NestingLimit {
    static let depth = 8
}

/// Decodes whatever stands there, as every type that it can be; and finds it nested no deeper than its format allows.
struct Anything<Limit: NestingLimit>: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        // A trap, since an error would be swallowed one level up.
        demand(decoder.codingPath.count <= Limit.depth, "nothing is nested more than \(Limit.depth) levels deep")
        if let container = try? decoder.container(keyedBy: Key.self) {
            for key in container.allKeys {
                _ = try? container.decodeNil(forKey: key)
                _ = try? container.decode(Anything.self, forKey: key)
            }
        } else if var container = try? decoder.unkeyedContainer() {
            while !container.isAtEnd {
                guard (try? container.decode(Anything.self)) != nil else { return }
            }
        } else {
            let container = try decoder.singleValueContainer()
            _ = container.decodeNil()
            _ = try? container.decode(String.self)
            _ = try? container.decode(Bool.self)
            _ = try? container.decode(Int.self)
            _ = try? container.decode(UInt8.self)
            _ = try? container.decode(Int64.self)
            _ = try? container.decode(UInt64.self)
            _ = try? container.decode(Int128.self)
            _ = try? container.decode(Double.self)
            _ = try? container.decode(Float.self)
            _ = try? container.decode(Decimal.self)
            _ = try? container.decode(Date.self)
            _ = try? container.decode(Data.self)
        }
    }

    func encode(to encoder: any Encoder) throws {}
}
