import Foundation

/// What `Fixtures` holds, as seeds: frames of a real memcached, and values of other clients.
struct Fixtures {
    struct StoredValue {
        let flags: UInt32
        let bytes: [UInt8]
    }

    private(set) var clientFrames: [[UInt8]] = []
    private(set) var serverFrames: [[UInt8]] = []
    /// All that one scenario's client sends.
    private(set) var conversations: [[UInt8]] = []
    /// Statistics of one request, line by line: a name, a space, a text.
    private(set) var statistics: [[UInt8]] = []
    private(set) var values: [StoredValue] = []

    init() throws {
        var folder = URL(filePath: #filePath)
        for _ in 0..<5 { folder.deleteLastPathComponent() }
        folder.append(path: "Fixtures")
        let frames = folder.appending(path: "frames")
        for name in try FileManager.default.contentsOfDirectory(atPath: frames.path).sorted() {
            let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: frames.appending(path: name)))
            for scenario in golden.scenarios {
                let client = scenario.steps.flatMap(\.client).map(Self.bytes)
                clientFrames += client
                conversations.append(Array(client.joined()))
                let server = scenario.steps.flatMap(\.server).map(Self.bytes)
                serverFrames += server
                let lines = server.compactMap(Self.statistic)
                if !lines.isEmpty { statistics.append(Array(lines.joined(separator: [UInt8(ascii: "\n")]))) }
            }
        }
        let clients = try Data(contentsOf: folder.appending(path: "values/clients.json"))
        values = try JSONDecoder().decode(Clients.self, from: clients).values.map {
            StoredValue(flags: $0.flags, bytes: Array(Data(base64Encoded: $0.value_base64) ?? Data()))
        }
    }

    /// The name and text in a reply to STAT.
    private static func statistic(in frame: [UInt8]) -> [UInt8]? {
        guard frame.count > 24, frame[0] == 0x81, frame[1] == 0x10 else { return nil }
        let key = Int(frame[2]) << 8 | Int(frame[3])
        guard key > 0, frame.count >= 24 + key else { return nil }
        return Array(frame[24..<24 + key]) + [UInt8(ascii: " ")] + Array(frame[(24 + key)...])
    }

    /// Fields in hexadecimal before a comment; "78*1100" is one byte 1,100 times.
    private static func bytes(of line: String) -> [UInt8] {
        line.prefix { $0 != "#" }.split(separator: " ").flatMap { field -> [UInt8] in
            let parts = field.split(separator: "*")
            let digits = parts[0].compactMap(\.hexDigitValue)
            let once = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
            return (0..<(parts.count == 2 ? Int(parts[1]) ?? 0 : 1)).flatMap { _ in once }
        }
    }
}

private struct Golden: Decodable {
    struct Scenario: Decodable { var steps: [Step] }

    struct Step: Decodable { var client: [String], server: [String] }

    var scenarios: [Scenario]
}

private struct Clients: Decodable {
    struct Entry: Decodable { var flags: UInt32, value_base64: String }

    var values: [Entry]
}
