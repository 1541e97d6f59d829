import Foundation
import NIOCore

/// What `Fixtures/frames` holds: frames as a real memcached 1.6.18 took and sent them. The integration test GoldenFramesTests
/// records them.
struct GoldenFixture: Decodable {
    struct Scenario: Decodable {
        var claim: String
        var steps: [Step]
    }

    struct Step: Decodable {
        var client: [String]
        var server: [String]
    }

    var scenarios: [Scenario]

    static func all() throws -> [GoldenFixture] {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/frames")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return
            try files
            .filter { $0.pathExtension == "json" }
            .sorted { $0.path < $1.path }
            .map { try JSONDecoder().decode(GoldenFixture.self, from: Data(contentsOf: $0)) }
    }

    /// Each line of every scenario, by the scenario's claim.
    static func lines(_ side: KeyPath<Step, [String]>) throws -> [(claim: String, bytes: ByteBuffer)] {
        try all().flatMap(\.scenarios).flatMap { scenario in
            scenario.steps.flatMap { $0[keyPath: side] }.map { (scenario.claim, bytes(of: $0)) }
        }
    }

    /// Fields in hexadecimal before a comment; "78*1100" is one byte 1,100 times.
    private static func bytes(of line: String) -> ByteBuffer {
        var bytes = ByteBuffer()
        for field in line.prefix(while: { $0 != "#" }).split(separator: " ") {
            let parts = field.split(separator: "*")
            let digits = parts[0].compactMap(\.hexDigitValue)
            let once = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
            for _ in 0..<(parts.count == 2 ? Int(parts[1]) ?? 0 : 1) { bytes.writeBytes(once) }
        }
        return bytes
    }
}
