import Foundation
import MemcachedTesting
import NIOCore
import Subprocess
import TestSupport
import Testing

@Suite("memcached-dict and servers", .fewAtATime, .timeLimit(.minutes(60)))
struct CommandServerTests {
    @Test("ping, version, stats and flush tell each server's answer", arguments: DictionaryBackend.all)
    func servers(backend: DictionaryBackend) async throws {
        try await backend.withServer { server in
            let options = ["--server", server.address]
            #expect(try await memcachedDict(["ping"] + options).output.hasPrefix("\(server.address) answers in "))
            let ping = try await memcachedDict(["ping", "--json"] + options)
            #expect(
                ping.output.hasPrefix(#"{"milliseconds":"#)
                    && ping.output.hasSuffix(#","server":"\#(server.address)"}"# + "\n")
            )
            let version = try await memcachedDict(["version", "--json"] + options)
            #expect(version.output == #"{"server":"\#(server.address)","version":"1.6.18"}"# + "\n" || backend == .real)
            #expect(try await memcachedDict(["version"] + options).output.hasPrefix("\(server.address) 1."))
            let stats = try await memcachedDict(["stats"] + options)
            #expect(stats.lines.contains { $0.hasPrefix("\(server.address) pid ") })
            let settings = try await memcachedDict(["stats", "settings", "--json"] + options)
            #expect(settings.output.contains(#""item_size_max":"1048576""#))
            #expect(try await memcachedDict(["stats", "no-such-group"] + options).status == 64)

            #expect(try await memcachedDict(["set", "k", "1"] + options).status == 0)
            #expect(try await memcachedDict(["flush"] + options).status == 64)
            #expect(try await memcachedDict(["get", "k"] + options).status == 0)
            #expect(try await memcachedDict(["flush", "--yes"] + options).output == "flushed \(server.address)\n")
            #expect(try await memcachedDict(["get", "k"] + options).status == 1)
        }
    }

    @Test(
        "A configuration from a pipe is read once",
        arguments: ["ping", "version", "stats", "flush --yes", "top --count 1 --interval 0.1", "locate --prefix p k"]
    )
    func pipedConfiguration(words: String) async throws {
        try await withMemcachedTestServer { (server) async throws in
            let line = #"echo '{"servers": ["'"$1"'"]}' | "$0" "# + words + " --config /dev/stdin"
            let run = try await shell(line, "\(server.address)")
            #expect((run.status, run.complaint) == (0, ""))
            #expect(run.output.contains("\(server.address)"))
        }
    }

    @Test("A Unix socket is a server, too", .needsMemcached)
    func unixSocket() async throws {
        try await MemcachedProcess.withMemcached(unixSocket: true) { (process) async throws in
            #expect(try await memcachedDict(["set", "k", "1", "--server", process.address]).status == 0)
            #expect(try await memcachedDict(["ping", "--server", process.address]).output.hasPrefix(process.address))
        }
    }

    @Test("serve listens until a signal ends it, with 0", arguments: [SIGINT, SIGTERM])
    func serve(signal: CInt) async throws {
        let status = try await withServe { address, pid in
            #expect(try await memcachedDict(["set", "k", "1", "--server", address]).status == 0)
            #expect(try await memcachedDict(["get", "k", "--server", address]).output == "1\n")
            // Its clock is the real one; a lifetime that never ends is ended by the suite's limit.
            #expect(try await memcachedDict(["set", "e", "1", "--server", address, "--expiration", "1"]).status == 0)
            var status: Int32 = 0
            while status == 0 { status = try await memcachedDict(["get", "e", "--server", address]).status }
            #expect(status == 1)
            let taken = try await memcachedDict(["serve", "--port", String(address.split(separator: ":")[1])])
            #expect(taken.status == 69)
            #expect(taken.complaint.contains("Address already in use"))
            kill(pid, signal)
        }
        #expect(status == .exited(0))
    }

    @Test("serve takes the options that the other subcommands share")
    func commonOptions() async throws {
        let options = [
            "--server", "a.invalid", "--timeout", "3", "--prefix", "p", "--codec", "json", "--compress-above", "1",
            "--json",
        ]
        let status = try await withServe(options) { address, pid in
            let ping = try await memcachedDict(["ping", "--server", address])
            #expect(ping.status == 0)
            kill(pid, SIGTERM)
        }
        #expect(status == .exited(0))
    }

    @Test(
        "memccapable's binary tests pass against serve",
        .needs("memccapable")
    )
    func capable() async throws {
        _ = try await withServe { address, pid in
            let run = try await Subprocess.run(
                .name("memccapable"),
                arguments: ["-b", "-h", "127.0.0.1", "-p", String(address.split(separator: ":")[1])],
                output: .string(limit: 1 << 20),
                error: .combinedWithOutput
            )
            let output = run.standardOutput
            #expect(run.terminationStatus.isSuccess)
            #expect(output.contains("All tests passed"))
            #expect(output.split(separator: "\n").count { $0.hasSuffix("[pass]") } == 27, "\(output)")
            kill(pid, SIGTERM)
        }
    }

    /// Starts the embedded server as a process, and returns how it ended.
    private func withServe(
        _ options: [String] = [],
        _ body: (String, pid_t) async throws -> Void
    ) async throws -> TerminationStatus {
        try await Subprocess.run(
            .name("env"),
            arguments: Arguments([try commandPath(), "serve", "--port", "0"] + options),
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            let pid = execution.processIdentifier.value
            do {
                for try await line in execution.standardOutput.strings() {
                    let address = try #require(line.split(separator: " ").last)
                    try await body(address.trimmingCharacters(in: .whitespacesAndNewlines), pid)
                }
            } catch {
                kill(pid, SIGKILL)
                throw error
            }
        }.terminationStatus
    }
}
