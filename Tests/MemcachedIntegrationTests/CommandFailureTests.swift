import Foundation
import MemcachedTesting
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite("memcached-dict fails", .fewAtATime, .timeLimit(.minutes(60)))
struct CommandFailureTests {
    @Test(
        "Wrong usage ends with 64, and says what is right",
        arguments: [
            ["get"], ["set", "k"], ["set", "k", "1", "--codec", "yaml"], ["cas", "k", "1"],
            ["cas", "k", "1", "--version", "0"],
            ["cas", "k", "1", "--version", "-1"], ["get", "k", "--server", "host:0"],
            ["get", "k", "--server", "host:99999"],
            ["get", "k", "--server", "a=0"], ["get", "k", "--server", "a", "--server", "a:11211"],
            ["get", "k", "--timeout", "0"],
            ["get", "k", "--prefix", "a:b"], ["get", "k", "--prefix", ""], ["set", "k", "1", "--compress-above", "-1"],
            ["set", "k", "1", "--expiration", "soon"], ["touch", "k"], ["flush"], ["nonsense"],
            ["get", "k", "--nonsense"],
            ["increment", "k", "--by", "-1"], ["set", "k", "-1", "--timeout", "-1"], ["set", "-5", "k", "1"],
            ["set", "k", "--compress-above", "-1"], ["set", "-5"], ["set", "--nonsense", "k", "-5"],
            ["stats", "reset"], ["stats", "sizes_enable"], ["stats", "detail off"], ["serve", "--port", "70000"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let run = try await memcachedDict(arguments)
        #expect((run.status, run.output) == (64, ""))
        #expect(run.complaint.hasPrefix("Error: "))
        #expect(run.complaint.contains("memcached-dict"))
    }

    @Test("Help goes to standard output, of every subcommand with an example")
    func help() async throws {
        let root = try await memcachedDict([])
        #expect((root.status, root.complaint) == (0, ""))
        for command in [
            "demo", "serve", "get", "inspect", "locate", "set", "add", "replace", "cas", "append", "prepend",
            "increment",
            "decrement", "touch", "delete", "ping", "version", "stats", "flush",
        ] {
            #expect(root.lines.contains { $0.hasPrefix("  \(command) ") })
            let help = try await memcachedDict([command, "--help"])
            #expect(help.status == 0)
            #expect(help.output.contains("\n  memcached-dict \(command)"))
        }
    }

    @Test("A key that no server takes, and a value that is too large, end with 65")
    func refused() async throws {
        try await DictionaryBackend.embedded.withServer { (server) async throws in
            let long = String(repeating: "k", count: 251)
            for arguments in [["get", long], ["set", long, "1"], ["delete", long], ["locate", long], ["get", ""]] {
                #expect(try await memcachedDict(arguments + ["--server", server.address]).status == 65)
            }
            let large = [UInt8](repeating: 0, count: 2 << 20)
            let set = ["set", "k", "-", "--codec", "bytes", "--server", server.address]
            #expect(try await memcachedDict(set, input: large).status == 65)
            // Of several statuses the highest.
            #expect(try await memcachedDict(["get", "missing", long, "--server", server.address]).status == 65)
        }
    }

    @Test("Keys of one batch that look alike and differ in their bytes end with 65, and nothing is done")
    func ambiguous() async throws {
        try await DictionaryBackend.embedded.withServer { (server) async throws in
            let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
            let options = ["--server", server.address]
            #expect(try await memcachedDict(["set", composed, "1"] + options).status == 0)
            #expect(try await memcachedDict(["get", composed] + options).output == "1\n")
            #expect(try await memcachedDict(["get", decomposed] + options).status == 1)
            for command in ["get", "delete"] {
                let run = try await memcachedDict([command, composed, "other", decomposed] + options)
                #expect((run.status, run.output) == (65, ""))
                #expect(run.complaint.contains("differ in their bytes"))
                #expect(!run.complaint.contains("250"))
            }
            #expect(try await memcachedDict(["get", composed] + options).output == "1\n")
        }
    }

    @Test("A server that is down ends with 69, is named, and advice is given")
    func unreachable() async throws {
        let place = try MemcachedPlace.freePort()
        defer { place.release() }
        for arguments in [
            ["get", "k"], ["set", "k", "1"], ["ping"], ["stats"], ["delete", "k"], ["inspect", "k"], ["demo"],
        ] {
            let run = try await memcachedDict(arguments + ["--server", "\(place)"])
            #expect((run.status, run.output) == (69, "") || arguments == ["demo"])
            #expect(run.status == 69)
            #expect(run.complaint.hasPrefix("memcached-dict: \(place): "))
            #expect(run.complaint.contains("--server"))
        }
        #expect(try await memcachedDict(["ping", "--server", "unix:/tmp/no-such-memcached"]).status == 69)
    }

    @Test("A server that stands still ends with 75 within the timeout", .needsMemcached)
    func timedOut() async throws {
        try await MemcachedProcess.withMemcached { process in
            try process.stop()
            for arguments in [["get", "k"], ["set", "k", "1"], ["ping"]] {
                let run = try await memcachedDict(arguments + ["--server", process.address, "--timeout", "0.3"])
                #expect(run.status == 75)
                #expect(run.complaint.contains("--timeout"))
            }
            try process.resume()
        }
    }

    @Test("A server of another protocol ends with 76")
    func brokenProtocol() async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TextGreeter())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let address = "127.0.0.1:\(listener.localAddress?.port ?? 0)"
        #expect(try await memcachedDict(["get", "k", "--server", address]).status == 76)
        #expect(try await memcachedDict(["version", "--server", address]).status == 76)
        try await listener.close()
    }

    @Test(
        "A server that wants authentication ends with 77",
        .needsMemcached,
        .needsSASL
    )
    func authentication() async throws {
        try await SASLDatabase.withDatabase { database in
            try await MemcachedProcess.withMemcached(["-S"], environment: database.environment) { process in
                let run = try await memcachedDict(["get", "k", "--server", process.address])
                #expect((run.status, run.output) == (77, ""))
            }
        }
    }

    @Test("On a server without CAS nothing is compared, and nothing is overwritten", arguments: DictionaryBackend.all)
    func withoutCAS(backend: DictionaryBackend) async throws {
        try await backend.withServer(keepingCAS: false) { server in
            #expect(try await memcachedDict(["set", "k", "1", "--server", server.address]).output == "stored k\n")
            let swap = try await memcachedDict(["cas", "k", "2", "--version", "5", "--server", server.address])
            let after = try await memcachedDict(["get", "k", "--server", server.address]).output
            #expect(swap.status == 65)
            #expect(after == "1\n")
        }
    }

    @Test("A reader that closes the pipe early does no harm")
    func closedPipe() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            let large = Array(repeating: UInt8(ascii: "x"), count: 900_000)
            let set = ["set", "large", "-", "--codec", "text", "--server", server.address]
            #expect(try await memcachedDict(set, input: large).status == 0)
            let script = #"{ "$0" get large large large --server "$1"; echo $? >&2; } | head -c 1"#
            let run = try await shell(script, server.address)
            #expect(run.output == "x")
            #expect(run.complaint == "0\n")
            let stats = try await shell(#"{ "$0" stats --server "$1"; echo $? >&2; } | head -1"#, server.address)
            #expect((stats.lines.count, stats.complaint) == (1, "0\n"))
        }
    }

    @Test("What is no text in an argument is refused, and nothing is done")
    func otherThanText() async throws {
        try await withMemcachedTestServer { (server) async throws in
            let address = "\(server.address)"
            #expect(try await memcachedDict(["set", "caf\u{fffd}", "1", "--server", address]).status == 0)
            for words in ["get K", "set K 1", "delete K", "set k K --codec text", "touch K --expiration 5"] {
                let line = #""$0" "# + words.replacing("K", with: #""$(printf 'caf\351')""#) + #" --server "$1""#
                let run = try await shell(line, address)
                #expect(run.status == 64 && run.output.isEmpty, "\(words)")
                #expect(run.complaint.contains(" is not UTF-8, and nothing was done"), "\(run.complaint)")
            }
            #expect(server.itemCount == 1 && server.item(forKey: "caf\u{fffd}")?.value == Array("1".utf8))
            let bytes = try await shell(#"printf 'caf\351' | "$0" set k - --codec bytes --server "$1""#, address)
            #expect(bytes.status == 0)
            #expect(server.item(forKey: "k")?.value == [0x63, 0x61, 0x66, 0xe9])
        }
    }

    @Test("What a server says doesn't reach the terminal as orders", arguments: ["version", "stats", "doctor"])
    func controlCharacters(subcommand: String) async throws {
        var options = MemcachedTestServer.Configuration()
        options.version = "1.6.18\u{1B}[31m\u{9B}x"
        try await withMemcachedTestServer(options) { (server) async throws in
            let run = try await memcachedDict([subcommand, "--server", "\(server.address)"])
            #expect(run.output.contains("1.6.18\\u{1b}[31m\\u{9b}x"), "\(run.output)")
            #expect(!(run.output + run.complaint).contains { $0 == "\u{1B}" || $0 == "\u{9B}" })
        }
    }

    @Test("A server that takes connections and is silent isn't to be started")
    func silent() async throws {
        try await withMemcachedTestServer { (server) async throws in
            server.inject(.stall(), on: [.any, .handshake])
            for words in [["get", "k"], ["touch", "k", "--expiration", "5"], ["stats", "--diff", "0.1"]] {
                let run = try await memcachedDict(words + ["--server", "\(server.address)", "--timeout", "0.3"])
                #expect(run.complaint.contains("Allow more with --timeout"), "\(run.complaint)")
                #expect(!run.complaint.contains("Start a server there"))
            }
        }
    }

    @Test("A folder for temporary files that isn't there is told")
    func noTemporaryFolder() async throws {
        try await withMemcachedTestServer { (server) async throws in
            let address = "\(server.address)"
            #expect(try await memcachedDict(["set", "k", "1", "--server", address]).status == 0)
            let run = try await shell(#"TMPDIR=/nowhere EDITOR=true VISUAL= "$0" edit k --server "$1""#, address)
            #expect(run.status == 64)
            let words = "can't be written to a file in '/nowhere': No such file or directory"
            #expect(run.complaint.contains(words), "\(run.complaint)")
            #expect(run.complaint.contains("TMPDIR names another") && !run.complaint.contains("Domain"))
            let input = try await shell(#""$0" set k - --server "$1" < /"#, address)
            #expect(input.complaint.contains("standard input can't be read: Is a directory"), "\(input.complaint)")
        }
    }

    #if os(Linux)
    @Test("Output that can't be written ends with 74")
    func fullDisk() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            let run = try await shell(#""$0" version --server "$1" > /dev/full"#, server.address)
            #expect(run.status == 74)
            #expect(run.complaint.contains("No space left on device"))
        }
    }
    #endif
}

/// A server that speaks first, and in text, as one of mail does.
private final class TextGreeter: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(
            wrapOutboundOut(ByteBuffer(string: "220 mail.example, ready for your letters\r\n")),
            promise: nil
        )
    }
}
