import Foundation
import Memcached
import MemcachedTesting
import TestSupport
import Testing

@Suite("memcached-dict bench", .fewAtATime, .timeLimit(.minutes(60)))
struct CommandBenchTests {
    private struct Line: Decodable {
        let client: String
        let scenario: String
        let per_second: Double
        let cpu_us: Double
        let p50_us: Double
        let p99_us: Double
        let p999_us: Double
    }

    private func lines(_ run: CommandRun) throws -> [Line] {
        try run.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test("It lists the scenarios that other clients are compared by, under their exact names")
    func list() async throws {
        let run = try await memcachedDict(["bench", "--list"])
        #expect(run.status == 0)
        let compared = [
            "get, 1 task, 100 B", "get, 64 tasks, 100 B", "set, 1 task, 100 B", "set, 64 tasks, 100 B",
            "get 100 keys, 1 task, 100 B", "get, 1 task, 10 kB", "get 100 keys, 8 tasks, 100 B",
            "get, 64 tasks, 100 B, on the loop", "get, 1 task, 10 kB, on the loop",
        ]
        #expect(compared.filter { !run.lines.contains($0) } == [])
        #expect(Set(run.lines).count == run.lines.count)
    }

    @Test("Every scenario is measured, on servers that are started for it", .needsMemcached)
    func all() async throws {
        let names = try await memcachedDict(["bench", "--list"]).lines
        let run = try await memcachedDict(["bench", "--json", "--seconds", "0.02"])
        #expect((run.status, run.complaint) == (0, ""))
        let lines = try lines(run)
        #expect(lines.map(\.scenario) == names)
        for line in lines {
            #expect(line.client == "swift-memcached")
            #expect(line.per_second > 0 && line.cpu_us > 0, "\(line)")
            #expect(line.p50_us > 0 && line.p50_us <= line.p99_us && line.p99_us <= line.p999_us, "\(line)")
        }
    }

    @Test(
        "What it can't remove from a server of the user's expires",
        arguments: ["get, 1 task, 100 B", "set 100", "dictionary"]
    )
    func leftBehind(name: String) async throws {
        try await withMemcachedTestServer { (server) async throws in
            server.inject(.busy, on: .deletes)
            let options = ["--server", "\(server.address)", "--seconds", "0.01", "--only", name]
            #expect(try await memcachedDict(["bench", "--json"] + options).status == 0)
            #expect(server.itemCount > 0)
            server.advanceTime(by: .seconds(3 * 3_600 + 1))
            #expect(server.item(forKey: "key:0000000") == nil && server.item(forKey: "bench:json:0") == nil)
            #expect(server.itemCount == 0)
        }
    }

    @Test("On a server of the user's it measures what is asked for, and removes what it has stored", .needsMemcached)
    func named() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) { client in
                try await client.set("kept", to: bytes("1"))
                let script = #"MEMCACHED_SERVER="$1" BENCH_SECONDS=0.02 exec "$0" bench --json --only "$2""#
                let run = try await shell(script, process.address, "tasks, 100 B")
                #expect(run.status == 0 && run.complaint.isEmpty, "\(run.complaint)")
                let names = try lines(run).map(\.scenario)
                #expect(names.contains("set, 64 tasks, 100 B"))
                #expect(names.allSatisfy { $0.contains("tasks, 100 B") })
                let statistics = try #require(try await client.stats().values.first?.get())
                #expect(statistics["curr_items"] == "1")
                #expect(Int(statistics["cmd_set"] ?? "") ?? 0 > 10_000)
            }
        }
    }

    @Test("As a table it has a line of figures for each", .needsMemcached)
    func table() async throws {
        let run = try await memcachedDict(["bench", "--seconds", "0.02", "--only", "get, 1 task, 100 B"])
        #expect(run.status == 0)
        #expect(run.lines.count == 3)
        #expect(run.lines.first?.hasPrefix("scenario ") == true)
        #expect(run.lines.last?.hasPrefix("get, 1 task, 100 B, on the loop ") == true)
        #expect(run.complaint.isEmpty)
    }

    @Test(
        "What can't be measured is refused, in words that help",
        arguments: [
            (["--only", "nothing of the kind"], "--list"), (["--seconds", "0"], "from 0.01"),
            (["--seconds", "4000"], "3,600"),
        ]
    )
    func refused(arguments: [String], words: String) async throws {
        let run = try await memcachedDict(["bench"] + arguments)
        #expect(run.status == 64)
        #expect(run.complaint.contains(words))
    }

    @Test("Wrong settings in the environment are refused, too")
    func environment() async throws {
        let seconds = try await shell(#"BENCH_SECONDS=soon exec "$0" bench"#)
        #expect(seconds.status == 64)
        #expect(seconds.complaint.contains("BENCH_SECONDS"))
        let server = try await shell(#"MEMCACHED_SERVER=cache:99999 exec "$0" bench --seconds 0.02"#)
        #expect(server.status == 64)
    }

    @Test("A server that can't be reached ends it with 69", .needsMemcached)
    func unreachable() async throws {
        let place = try MemcachedPlace.freePort()
        defer { place.release() }
        let run = try await memcachedDict(["bench", "--seconds", "0.02", "--server", place.description])
        #expect(run.status == 69)
    }
}
