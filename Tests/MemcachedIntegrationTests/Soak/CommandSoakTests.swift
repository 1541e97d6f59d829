import Foundation
import Memcached
import Subprocess
import TestSupport
import Testing

@Suite("memcached-dict soak", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct CommandSoakTests {
    /// Servers inherit it, so that those of one soak can be told from all others.
    private let mark = UUID().uuidString

    @Test("It ends with three zeros, with and without chaos, and leaves no server behind", arguments: [false, true])
    func zeros(chaos: Bool) async throws {
        let run = try await shell(
            #"SOAK_MARK="$1" exec "$0" soak --seconds 5 --tasks 8 --servers 2 --seed 5 --json $2"#,
            mark,
            chaos ? "--chaos" : ""
        )
        #expect((run.status, run.complaint) == (0, ""), "\(run.output)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        )
        for name in ["wrongValues", "lostUpdates", "leakedSlots", "hungCalls", "lostServers", "suspiciousErrors"] {
            #expect(report[name] as? Int == 0, "\(name)")
        }
        #expect(report["operations"] as? Int ?? 0 > 100)
        let observations = report["observations"] as? [String: Int]
        #expect(observations?["judged"] ?? 0 > 100, "\(run.output)")
        if !chaos { #expect(observations?["skipped"] == 0, "\(run.output)") }
        #expect(report["rests"] as? Int == 1)
        #expect(report["seed"] as? Int == 5)
        #expect((report["disturbances"] as? [String: Int])?.isEmpty == !chaos)
        #expect(servers().isEmpty)
    }

    @Test("A signal ends it early, with its report and without its servers", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: CInt) async throws {
        let (status, lines) = try await soak(["--chaos"]) { _, pid in
            #expect(!servers().isEmpty)
            kill(pid, signal)
        }
        #expect(status == .exited(0), "\(lines)")
        #expect(lines.contains { $0.hasPrefix("soak of ") && $0.contains("interrupted") })
        #expect(lines.contains("lost updates      0"))
        #expect(servers().isEmpty)
    }

    @Test("Items that somebody else drops are lost updates, and end it with 4", arguments: [false, true])
    func lost(chaos: Bool) async throws {
        let (status, lines) = try await soak(chaos ? ["--chaos"] : []) { addresses, pid in
            try await withClient(of: addresses) { client in
                // A server that is killed soon after it was flushed may have been asked for nothing meanwhile.
                for _ in 0..<(chaos ? 10 : 1) {
                    try await untilStored(client, under: "soak-raw")
                    for result in await client.flush().values where !chaos { try result.get() }
                }
            }
            kill(pid, SIGINT)
        }
        #expect(status == .exited(4))
        #expect(lines.contains { $0.hasPrefix("!! lostUpdate: ") })
        #expect(!lines.contains("lost updates      0"))
    }

    @Test("Values that somebody else puts under other keys are wrong values, and end it with 4")
    func wrong() async throws {
        let (status, lines) = try await soak { addresses, pid in
            try await withClient(of: addresses) { client in
                let items = try await untilStored(client, under: "soak-raw")
                let moved = zip(items.keys.sorted(), items.keys.sorted().reversed()).filter { $0 != $1 }
                let stored = await client.setMany(
                    Dictionary(uniqueKeysWithValues: moved.map { ($0, items[$1] ?? StoreItem(value: bytes(""))) })
                )
                for result in stored.values { try result.get() }
            }
            kill(pid, SIGINT)
        }
        #expect(status == .exited(4))
        #expect(lines.contains { $0.hasPrefix("!! wrongValue: under 'soak-raw:") })
        #expect(!lines.contains("wrong values      0"))
    }

    @Test("Without memcached it says what to install")
    func withoutMemcached() async throws {
        let run = try await shell(#"PATH=/nonexistent; export PATH; exec "$0" soak"#)
        #expect(run.status == 69)
        #expect(run.complaint.contains("no memcached on PATH"))
        #expect(run.complaint.contains("apt-get install memcached"))
    }

    @Test("What can't be done is refused", arguments: [["--seconds", "0"], ["--servers", "0"], ["--tasks", "1001"]])
    func refused(options: [String]) async throws {
        #expect(try await memcachedDict(["soak"] + options).status == 64)
    }

    /// Starts a soak that is to be interrupted; the body gets its servers and its process.
    private func soak(
        _ options: [String] = [],
        body: ([String], pid_t) async throws -> Void
    ) async throws -> (TerminationStatus, [String]) {
        var lines: [String] = []
        let words = ["soak", "--seconds", "600", "--tasks", "8", "--servers", "2"] + options
        let script = #"SOAK_MARK="$1"; export SOAK_MARK; shift; exec "$0" "$@" 2>&1"#
        let result = try await Subprocess.run(
            .name("sh"),
            arguments: Arguments(["-c", script, try commandPath(), mark] + words),
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            let pid = execution.processIdentifier.value
            do {
                for try await line in execution.standardOutput.strings() {
                    let line = line.trimmingCharacters(in: .newlines)
                    if lines.isEmpty {
                        let addresses = line.split(separator: "servers ").last?.split(separator: ", ") ?? []
                        try await body(addresses.map(String.init), pid)
                    }
                    lines.append(line)
                }
            } catch {
                kill(pid, SIGTERM)
                throw error
            }
        }
        return (result.terminationStatus, lines)
    }

    /// Some of the items that the soak has stored, when there are some.
    @discardableResult
    private func untilStored(_ client: MemcachedClient, under prefix: String) async throws -> [String: StoreItem] {
        let keys = (0..<8).flatMap { task in (0..<6).map { "\(prefix):t\(task)-k\($0)" } }
        while true {
            // With chaos a server may be down.
            let items = await client.getMany(keys).compactMapValues { try? $0.get() }
            if items.count >= 20 { return items.mapValues { StoreItem(value: $0.value, flags: $0.flags) } }
        }
    }

    /// The processes of this test's soak that are still there.
    private func servers() -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { process in
            guard Int(process) != nil, let command = FileManager.default.contents(atPath: "/proc/\(process)/comm"),
                String(decoding: command, as: UTF8.self).hasPrefix("memcached"),
                let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ")
            else { return false }
            return String(decoding: environment, as: UTF8.self).contains(mark)
        }
    }
}
