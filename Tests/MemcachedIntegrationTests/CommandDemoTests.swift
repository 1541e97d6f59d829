import Memcached
import TestSupport
import Testing

@Suite("memcached-dict demo", .fewAtATime, .timeLimit(.minutes(60)))
struct CommandDemoTests {
    @Test("Without a server it starts the embedded one, and everything in it holds")
    func embedded() async throws {
        let run = try await memcachedDict(["demo"])
        #expect((run.status, run.complaint) == (0, ""))
        expectStory(run)
        #expect(run.output.contains("the embedded server"))
        #expect(run.output.contains("The embedded server holds 0 items now."))
    }

    @Test("It takes the options that the other subcommands share, and puts its keys under --prefix")
    func commonOptions() async throws {
        let options = ["--prefix", "x", "--json", "--codec", "text", "--compress-above", "1"]
        let run = try await memcachedDict(["demo"] + options)
        #expect((run.status, run.complaint) == (0, ""))
        expectStory(run)
        #expect(run.output.contains("Keys     begin with x:demo-"))
        #expect(run.output.contains("On the server, under 'x:demo-"))
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

    @Test("A server without CAS ends it with 65, and is named as the reason")
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
            "is refused before it is sent", "the same report",
            "100 values of 101 keys", "all passed.",
        ] {
            #expect(run.output.contains(line), sourceLocation: sourceLocation)
        }
        #expect(!run.output.contains("!!"), sourceLocation: sourceLocation)
        let sizes = run.lines.map { $0.split(separator: " ") }.filter { $0.first == "JSON" && $0.last == "bytes" }
        let size = sizes.first.flatMap { Int($0[1].replacing(",", with: "")) }
        #expect(size ?? 0 > 1_000_000, sourceLocation: sourceLocation)
    }
}
