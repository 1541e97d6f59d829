import Memcached
import TestSupport
import Testing

@Suite("memcached-dict demo", .fewAtATime, .timeLimit(.minutes(15)))
struct CommandDemoTests {
    @Test("Without a server it starts the embedded one, and everything in it holds")
    func embedded() async throws {
        let run = try await memcachedDict(["demo"])
        #expect((run.status, run.complaint) == (0, ""))
        expectStory(run)
        #expect(run.output.contains("the embedded server"))
        #expect(run.output.contains("The embedded server holds 0 items now."))
    }

    @Test("With a server it tells the same story, names the server, and leaves nothing there", .needsMemcached)
    func real() async throws {
        try await MemcachedProcess.withMemcached { process in
            let run = try await memcachedDict(["demo", "--server", process.address])
            #expect((run.status, run.complaint) == (0, ""))
            expectStory(run)
            #expect(run.output.contains("Server   \(process.address), memcached 1."))
            let stats = try await memcachedDict(["stats", "--server", process.address])
            #expect(stats.lines.contains("\(process.address) curr_items 0"))
        }
    }

    @Test("Over three servers, too", .needsMemcached)
    func fleet() async throws {
        try await MemcachedProcess.withMemcached { one in
            try await MemcachedProcess.withMemcached { two in
                try await MemcachedProcess.withMemcached { three in
                    let servers = [one, two, three].flatMap { ["--server", $0.address] }
                    let run = try await memcachedDict(["demo"] + servers)
                    #expect(run.status == 0)
                    expectStory(run)
                    #expect(run.lines.count { $0.contains("of the guests are on") } == 3)
                }
            }
        }
    }

    @Test("A check that fails ends it with 70: a server without CAS ends it earlier, with 65")
    func withoutCAS() async throws {
        try await DictionaryBackend.embedded.withServer(keepingCAS: false) { server in
            let run = try await memcachedDict(["demo", "--server", server.address])
            #expect(run.status == 65)
            #expect(run.complaint.contains("-C"))
        }
    }

    private func expectStory(_ run: CommandRun, sourceLocation: SourceLocation = #_sourceLocation) {
        for line in [
            #"profiles["grace"] gives nil"#, "The copy now says 2 visits, the server still says 1.",
            "conflict, nothing was changed", "The server says 13: 2 + 1 + 10, both changes are in.",
            "The server counts 1,000, by task [125, 125, 125, 125, 125, 125, 125, 125]: no update is lost.",
            "is refused before it is sent", "JSON             1,368,167 bytes", "the same report",
            "100 values of 101 keys", "all passed.",
        ] {
            #expect(run.output.contains(line), sourceLocation: sourceLocation)
        }
        #expect(!run.output.contains("!!"), sourceLocation: sourceLocation)
    }
}
