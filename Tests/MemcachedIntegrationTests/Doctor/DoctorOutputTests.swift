import MemcachedTesting
import TestSupport
import Testing

/// What memcached-dict doctor shows a person.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DoctorOutputTests {
    @Test func `each finding says what it means and what to do, in lines that fit`() async throws {
        var configuration = MemcachedTestServer.Configuration()
        configuration.version = "1.6.44"
        configuration.clock = .wall
        try await withMemcachedTestServer(configuration) { server in
            let run = try await memcachedDict(["doctor", "--server", "\(server.address)"])
            #expect(run.status == 5)
            #expect(run.lines.first?.hasPrefix("\(server.address): memcached 1.6.44, up ") == true)
            #expect(run.lines.contains("  warning: memcached 1.6.44 has 3 known defects"))
            #expect(run.lines.contains { $0.hasPrefix("    - critical, mended in 1.6.45: ") })
            #expect(run.lines.contains { $0.hasPrefix("    -> Upgrade to 1.6.45 or later") })
            #expect(run.lines.last?.hasPrefix("1 server: 1 warning") == true)
            #expect(run.lines.allSatisfy { $0.count <= 110 && !$0.contains("\u{1B}") })
        }
    }

    @Test func `a sound server is said to be one`() async throws {
        var configuration = MemcachedTestServer.Configuration()
        configuration.version = "1.6.45"
        configuration.clock = .wall
        try await withMemcachedTestServer(configuration) { server in
            let run = try await memcachedDict(["doctor", "--server", "\(server.address)"])
            #expect(run.status == 0)
            #expect(run.lines.last == "1 server: 1 notice", "\(run.output)")
        }
    }
}
