import Foundation

/// What `Fixtures/placement` holds: where other clients look for keys, recorded from them.
package struct PlacementRecord: Decodable {
    package struct Server: Decodable {
        package var host: String
        package var port: Int
        package var weight: Int
    }

    package struct Scheme: Decodable {
        package var id: String
        package var serverList: String
        package var map: [Int]
    }

    private struct PointTable: Decodable {
        var points: [Int]
    }

    package var keys: [String]
    package var serverLists: [String: [Server]]
    package var schemes: [Scheme]

    package static func ketamaWeighted() throws -> PlacementRecord {
        try decode("ketama-weighted.json")
    }

    /// For 1 to 100 servers.
    package static func pointsPerServer() throws -> [Int] {
        try decode("points-per-server.json", as: PointTable.self).points
    }

    private static func decode<Record: Decodable>(_ file: String, as type: Record.Type = Record.self) throws -> Record {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/placement")
        let url = folder.appending(path: file).standardized
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: url))
    }
}
