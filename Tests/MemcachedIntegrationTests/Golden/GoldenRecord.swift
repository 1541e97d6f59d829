import Foundation

/// A scenario as `Fixtures/frames` keeps it.
struct GoldenRecord: Codable, Equatable {
    /// What may differ from run to run, and is not compared.
    enum Mask: String, Codable {
        case cas
        /// The replies' values, but not whether there are any.
        case values
        /// The requests' values, but not whether there are any.
        case requestValues
    }

    enum Ending: String, Codable {
        case closedByServer = "the server closes"
        case waiting = "the server waits for more bytes"
    }

    struct Step: Codable, Equatable {
        /// Each line is one frame: its bytes in hexadecimal, and behind a # what they mean.
        var client: [String]
        var server: [String]
    }

    var claim: String
    /// What was done before the first step and is too long to record.
    var prepared: String?
    var masked: [Mask]
    var steps: [Step]
    /// Nil where the connection stays open and in step.
    var ending: Ending?
}

/// One file of `Fixtures/frames`.
struct GoldenFile: Codable {
    /// memcached's version and options.
    var server: String
    var scenarios: [GoldenRecord]

    static func url(_ name: String) -> URL {
        URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "Fixtures/frames/\(name).json")
    }

    static func read(_ name: String) throws -> GoldenFile {
        try JSONDecoder().decode(GoldenFile.self, from: Data(contentsOf: url(name)))
    }

    func write(_ name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let url = Self.url(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try (encoder.encode(self) + Data("\n".utf8)).write(to: url)
    }
}
