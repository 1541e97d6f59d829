import Foundation
import Memcached
import MemcachedTesting
import TestSupport
import Testing

@testable import MemcachedDictCommand

/// How far long work has come, told to who waits at a terminal.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct CommandProgressTests {
    @Test func `a line is redrawn where it changes, and gone in the end`() {
        var line = ProgressLine()
        #expect(line.ending() == "")
        #expect(line.drawing("1 of 2") == "\r\u{1B}[K1 of 2")
        #expect(line.drawing("1 of 2") == "")
        #expect(line.drawing("2 of 2") == "\r\u{1B}[K2 of 2")
        #expect(line.ending() == "\r\u{1B}[K")
        #expect(line.ending() == "")
    }

    @Test(.needs("script"))
    func `a terminal shows how long it still takes, until the answer is there`() async throws {
        try await withMemcachedTestServer { server in
            let script = #"TERM=xterm script -qec "'$0' stats --diff 2.9 --server $1" /dev/null"#
            let run = try await shell(script, server.address)
            let parts = run.output.components(separatedBy: "\r\u{1B}[K")
            // A slow machine may leave one out.
            let drawings = parts.dropFirst().dropLast()
            #expect(!drawings.isEmpty && Array(drawings) == Set(drawings).sorted(), "\(run.output)")
            let possible = (1...3).map { "waiting for changes, \($0) of 3 s" }
            #expect(drawings.allSatisfy(possible.contains), "\(run.output)")
            // The last thing that was drawn is nothing, and what the answer is comes behind it.
            #expect(parts.last?.contains("waiting") == false, "\(run.output)")
            for silent in [
                "TERM=xterm script -qec \"'$0' stats --diff 1.5 --json --server $1\" /dev/null",
                "TERM=dumb script -qec \"'$0' stats --diff 1.5 --server $1\" /dev/null",
            ] {
                let run = try await shell(silent, server.address)
                #expect(run.status == 0 && !run.output.contains("waiting") && !run.output.contains("\u{1B}"))
            }
        }
    }

    @Test(.needs("script"))
    func `the doctor tells at a terminal how many servers it has examined`() async throws {
        try await withMemcachedTestServer { server in
            try await withMemcachedTestServer { silent in
                silent.inject(.stall(), on: .handshake)
                let run = try await shell(
                    #"TERM=xterm script -qec "'$0' doctor --timeout 2 --server $1 --server $2" /dev/null"#,
                    server.address,
                    silent.address
                )
                #expect(run.output.contains("\r\u{1B}[Kexamined 1 of 2 servers\r\u{1B}[K"), "\(run.output)")
            }
        }
    }

    @Test(.needs("script"), arguments: ["get", "inspect"])
    func `a value can't command the terminal that shows it`(subcommand: String) async throws {
        try await withMemcachedTestServer { server in
            let store = #"printf 'a\033[1m\tb\r\nc' | "$0" set k - --codec text --server "$1""#
            #expect(try await shell(store, server.address).status == 0)
            let script = #"script -qec "'$0' \#(subcommand) k --server $1" /dev/null"#
            let shown = try await shell(script, server.address).output
            #expect(shown.contains("a\\u{1b}[1m\tb\r\nc\r\n") && !shown.contains("\u{1B}"), "\(shown)")
            // To a file goes what there is.
            let raw = try await memcachedDict(["get", "k", "--server", server.address]).output
            #expect(raw == "a\u{1B}[1m\tb\r\nc\n")
        }
    }

    @Test(.needs("script"))
    func `colors are for terminals that show them, and for nobody who asks for none`() async throws {
        var old = MemcachedTestServer.Configuration()
        old.version = "1.4.0"
        try await withMemcachedTestServer(old) { server in
            func doctor(_ environment: String) async throws -> CommandRun {
                let script = #"\#(environment) script -qec "'$0' doctor --server $1" /dev/null"#
                return try await shell(script, server.address)
            }
            let colored = try await doctor("TERM=xterm NO_COLOR=")
            #expect(colored.output.contains("\u{1B}[1;33mwarning:\u{1B}[0m"), "\(colored.output)")
            for plain in ["TERM=dumb", "TERM=xterm NO_COLOR=1"] {
                let run = try await doctor(plain)
                // What isn't a color may still be there: the progress.
                #expect(!run.output.contains("\u{1B}[1;") && run.output.contains("warning:"), "\(run.output)")
            }
        }
    }

    @Test(.needs("script")) func `top draws over itself at a terminal`() async throws {
        try await withMemcachedTestServer { server in
            for (terminal, clears) in [("xterm", 2), ("dumb", 0)] {
                let run = try await shell(
                    #"TERM=\#(terminal) script -qec "'$0' top --count 2 --interval 0.1 --server $1" /dev/null"#,
                    server.address
                )
                #expect(run.output.components(separatedBy: "\u{1B}[H\u{1B}[2J").count == clears + 1, "\(run.output)")
                #expect(run.output.components(separatedBy: server.address).count == 3, "\(run.output)")
            }
        }
    }

    @Test func `what is no terminal is told nothing`() async throws {
        try await withMemcachedTestServer { server in
            let run = try await memcachedDict(["stats", "--diff", "1.2", "--server", server.address])
            #expect((run.status, run.complaint) == (0, ""))
            #expect(!run.output.contains("\u{1B}"))
        }
    }
}
