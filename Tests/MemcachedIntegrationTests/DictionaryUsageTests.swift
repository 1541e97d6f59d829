import Memcached
import MemcachedTesting
import TestSupport
import Testing

/// The lines of the design's "What users write", and callers with an isolation of their own.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryUsageTests {
    private struct Profile: Codable, Sendable { var name: String; var visits: Int }

    private func render() async throws -> String { "<h1>" }

    private func whatUsersWrite(_ server: String) async throws -> [String] {
        var told: [String] = []
        try await withMemcachedClient(configuration: .forTests([server])) { client in
            let profiles = MemcachedDict<Profile>(
                client,
                keyPrefix: "profiles",
                codec: .json().compressed(above: 1_024)
            )
            let pages = MemcachedDict<String>(client, keyPrefix: "pages", codec: .text())

            try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada", expiration: .after(.seconds(3600)))
            let ada = try await profiles["ada"]
            told.append(ada?.name ?? "nobody")

            guard var entry = try await profiles.entry(forKey: "ada") else { return }
            entry.value.visits += 1
            switch try await profiles.store(entry) {
            case .stored(let version): told.append(version.cas == 0 ? "unversioned" : "stored")
            case .conflict: told.append("conflict")
            case .missing: told.append("missing")
            }

            try await profiles.update(forKey: "ada") { $0.visits += 1 }
            let several = try await profiles.values(forKeys: ["ada", "grace"])
            told.append("\(several.count) of 2")
            let page = try await pages.value(forKey: "home") { try await render() }
            told.append(page)
            let quick = try await profiles.timeout(.seconds(20))["ada"]
            told.append("\(quick?.visits ?? 0) visits")
        }
        return told
    }

    @Test func `what the design says that users write does what it says`() async throws {
        try await withMemcachedTestServer { server in
            let told = try await whatUsersWrite(server.address)
            #expect(told == ["Ada", "stored", "1 of 2", "<h1>", "2 visits"])
        }
    }

    /// Not Sendable: closures that use it must run where it is.
    private final class Journal {
        var lines: [String] = []
    }

    @MainActor private final class Screen {
        let counters: MemcachedDict<Int>
        private let journal = Journal()
        var lines: [String] { journal.lines }

        init(_ counters: MemcachedDict<Int>) {
            self.counters = counters
        }

        func show() async throws {
            try await counters.update(forKey: "n", default: 0) {
                MainActor.assertIsolated()
                journal.lines.append("update")
                $0 += 1
            }
            try await counters.update(forKey: "n") {
                MainActor.assertIsolated()
                await Task.yield()
                MainActor.assertIsolated()
                journal.lines.append("update again")
                $0 += 1
            }
            _ = try await counters.value(forKey: "m") {
                MainActor.assertIsolated()
                journal.lines.append("compute")
                return 7
            }
        }
    }

    private actor Worker {
        private var count = 0

        func work(_ counters: MemcachedDict<Int>) async throws -> Int {
            try await counters.update(forKey: "n", default: 0) {
                assertIsolated()
                count += 1
                $0 += count
            }
        }
    }

    @Test func `closures run where their caller is, and may use what only it may touch`() async throws {
        try await withMemcachedTestServer { server in
            try await withMemcachedClient(configuration: .forTests([server.address])) { client in
                let counters = MemcachedDict<Int>(client, keyPrefix: "p", codec: .integer())
                let screen = await Screen(counters)
                try await screen.show()
                #expect(await screen.lines == ["update", "update again", "compute"])
                #expect(try await Worker().work(counters) == 3)

                let journal = Journal()
                try await counters.update(forKey: "n") {
                    journal.lines.append("nobody's")
                    $0 += 1
                }
                #expect(journal.lines == ["nobody's"])
            }
        }
    }
}
