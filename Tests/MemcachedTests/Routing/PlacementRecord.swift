import Foundation

/// What `Fixtures/placement` holds: where other clients look for keys, recorded from them.
struct PlacementRecord: Decodable {
    struct Server: Decodable {
        var host: String
        var port: Int
        var weight: Int
    }

    struct Scheme: Decodable {
        var id: String
        var serverList: String
        var map: [Int]
    }

    struct PointTable: Decodable {
        var points: [Int]
    }

    var keys: [String]
    var serverLists: [String: [Server]]
    var schemes: [Scheme]

    static func ketamaWeighted() throws -> PlacementRecord {
        try decode("ketama-weighted.json")
    }

    /// For 1 to 100 servers.
    static func pointsPerServer() throws -> [Int] {
        try decode("points-per-server.json", as: PointTable.self).points
    }

    private static func decode<Record: Decodable>(_ file: String, as type: Record.Type = Record.self) throws -> Record {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Fixtures/placement")
        let url = folder.appending(path: file).standardized
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: url))
    }
}
