import Foundation
import Subprocess
import TestSupport
import Testing

/// Replays every scenario of `Fixtures/frames` on a real memcached. With RECORD_FIXTURES=1 in the environment, the fixtures are
/// written anew instead.
@Suite("Golden frames", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct GoldenFramesTests {
    @Test("A real memcached says what the recorded frames say", arguments: GoldenGroup.all.filter { !$0.needsSASL })
    func plain(group: GoldenGroup) async throws {
        try await replay(group)
    }

    @Test(
        "A real memcached with SASL says what the recorded frames say",
        .needsSASL,
        arguments: GoldenGroup.all.filter(\.needsSASL)
    )
    func sasl(group: GoldenGroup) async throws {
        try await SASLDatabase.withDatabase { try await replay(group, environment: $0.environment) }
    }

    private func replay(_ group: GoldenGroup, environment: [String: String] = [:]) async throws {
        var records: [GoldenRecord] = []
        for scenario in group.scenarios {
            records.append(try await scenario.record(group, environment: environment))
        }
        guard ProcessInfo.processInfo.environment["RECORD_FIXTURES"] == nil else {
            let version = try await Subprocess.run(.name("memcached"), arguments: ["-V"], output: .string(limit: 100))
            let words = [version.standardOutput.trimmingCharacters(in: .newlines)] + group.arguments
            let server = words.joined(separator: " ")
            try GoldenFile(server: server, scenarios: records).write(group.name)
            return
        }
        let golden = try GoldenFile.read(group.name).scenarios
        #expect(golden.map(\.claim) == records.map(\.claim))
        for (golden, record) in zip(golden, records) {
            try compare(golden, record)
        }
    }

    private func compare(_ golden: GoldenRecord, _ record: GoldenRecord) throws {
        let claim = Comment(rawValue: golden.claim)
        #expect(golden.prepared == record.prepared, claim)
        #expect(golden.masked == record.masked, claim)
        #expect(golden.ending == record.ending, claim)
        try #require(golden.steps.count == record.steps.count, claim)
        for (expected, seen) in zip(golden.steps, record.steps) {
            for (expected, seen) in [(expected.client, seen.client), (expected.server, seen.server)] {
                let masked = try [expected, seen].map { lines in
                    try lines.map { try GoldenLine(parsing: $0).masked(golden.masked) }
                }
                #expect(masked[0] == masked[1], "\(golden.claim): expected \(expected), seen \(seen)")
            }
        }
    }
}
