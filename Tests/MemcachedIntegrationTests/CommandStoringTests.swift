import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite("memcached-dict stores", .fewAtATime, .timeLimit(.minutes(60)))
struct CommandStoringTests {
    @Test(
        "JSON from standard input is stored verbatim, less one newline, and a stale version is a conflict",
        arguments: DictionaryBackend.all
    )
    func acceptance(backend: DictionaryBackend) async throws {
        try await backend.withClient { client, server in
            let options = ["--server", server.address, "--prefix", "profiles"]
            let input = #"{"name":"Ada",  "visits":1}"#
            let set = try await memcachedDict(["set"] + options + ["ada", "-"], input: (input + "\n").utf8)
            #expect((set.status, set.complaint) == (0, ""))

            let item = try #require(try await client.get("profiles:ada"))
            #expect(String(buffer: item.value) == input)
            #expect(item.flags == 1 << 16 | 16)
            #expect(set.output == "stored profiles:ada, version \(item.version)\n")

            let get = try await memcachedDict(["get"] + options + ["ada"])
            #expect(get.output == input + "\n")

            let version = try #require(
                try await memcachedDict(["get", "--json"] + options + ["ada"]).member("version")
            )
            let swap = ["cas"] + options + ["ada", #"{"name":"Ada","visits":2}"#, "--version", version]
            #expect(try await memcachedDict(swap).status == 0)
            let stale = try await memcachedDict(swap)
            #expect((stale.status, stale.output) == (3, ""))
            #expect(stale.complaint.contains("another writer"))
            #expect(String(buffer: try #require(try await client.get("profiles:ada")).value).hasSuffix("2}"))
        }
    }

    @Test("A number that a Double can't hold is refused, however small it is")
    func smallNumbers() async throws {
        try await withMemcachedTestServer { (server) async throws in
            let options = ["--codec", "double", "--server", "\(server.address)"]
            for number in ["1e-400", "0.0001e-400", "1e400"] {
                let run = try await memcachedDict(["set", "d", number] + options)
                #expect(run.status == 65 && run.complaint.contains("that a Double can hold"), "\(run.complaint)")
            }
            #expect(server.itemCount == 0)
            for (number, stored) in [("0e-400", "0.0"), ("0.00", "0.0"), ("5e-324", "5e-324"), ("1e-300", "1e-300")] {
                #expect(try await memcachedDict(["set", "d", number] + options).status == 0)
                #expect(server.item(forKey: "d")?.value == Array(stored.utf8), "\(number)")
            }
        }
    }

    @Test("Only one newline is taken off, and text and bytes keep theirs", arguments: ["json", "text", "bytes"])
    func newlines(codec: String) async throws {
        try await DictionaryBackend.embedded.withClient { client, server in
            let options = ["--server", server.address, "--codec", codec]
            for input in ["1\n\n", "1\r\n", "1", #"[",]",{"\\\",":1},"\"",[]]"#] {
                #expect(try await memcachedDict(["set"] + options + ["k", "-"], input: input.utf8).status == 0)
                let stored = String(buffer: try #require(try await client.get("k")).value)
                // By bytes: "\r\n" is one Character.
                let isCut = codec == "json" && input.utf8.last == UInt8(ascii: "\n")
                #expect(Array(stored.utf8) == Array(isCut ? input.utf8.dropLast() : input.utf8[...]))
            }
        }
    }

    @Test(
        "Input that the codec doesn't read is refused with 65, and nothing is stored",
        arguments: [
            ("json", "{\"a\":"), ("json", ""), ("json", "[1] x"), ("json", "hello"), ("json", "{'a':1}"),
            ("json", "[1,]"), ("json", #"{"a":"]", }"#),
            ("plist", "hello"), ("plist", "<plist><dict>"), ("integer", "12abc"), ("integer", "1.5"), ("integer", ""),
            ("integer", "18446744073709551616"), ("double", "one"), ("double", "0x10"), ("bool", "yes"),
        ]
    )
    func refused(codec: String, input: String) async throws {
        try await DictionaryBackend.embedded.withClient { client, server in
            let run = try await memcachedDict(
                ["set", "--server", server.address, "--codec", codec, "k", "-"],
                input: input.utf8
            )
            #expect((run.status, run.output) == (65, ""))
            #expect(run.complaint.contains("Nothing was sent"))
            #expect(try await client.get("k") == nil)
        }
    }

    @Test("Bytes that are not UTF-8 are stored as bytes only")
    func notText() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            let bytes: [UInt8] = [0xff, 0x00, 0x0a]
            for codec in ["json", "text"] {
                let run = try await memcachedDict(
                    ["set", "--server", server.address, "--codec", codec, "k", "-"],
                    input: bytes
                )
                #expect(run.status == 65)
            }
            let options = ["--server", server.address, "--codec", "bytes", "k"]
            #expect(try await memcachedDict(["set"] + options + ["-"], input: bytes).status == 0)
            #expect(try await memcachedDict(["get"] + options).bytes == bytes)
            #expect(try await memcachedDict(["get", "--server", server.address, "k"]).output == "/wAK\n")
        }
    }

    @Test("A nested property list or JSON document that would bring a reader down is refused")
    func nested() async throws {
        try await DictionaryBackend.embedded.withServer { (server) async throws in
            let depth = 100_000
            let arrays = String(repeating: "<array>", count: depth) + String(repeating: "</array>", count: depth)
            let list = "<plist>\(arrays)</plist>"
            let set = ["set", "--server", server.address, "k", "-", "--codec"]
            #expect(try await memcachedDict(set + ["plist"], input: list.utf8).status == 65)
            let json = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(try await memcachedDict(set + ["json"], input: json.utf8).status == 65)
        }
    }

    @Test("A value above the threshold is stored compressed, and comes back whole", arguments: DictionaryBackend.all)
    func compressed(backend: DictionaryBackend) async throws {
        try await backend.withServer { server in
            let rows = (0..<40_000).map { #"{"row":\#($0),"text":"row number \#($0)"}"# }
            let json = "[\(rows.joined(separator: ","))]"
            #expect(json.utf8.count > 1 << 20)
            let set = ["set", "--server", server.address, "--timeout", "10", "big", "-"]
            let plain = try await memcachedDict(set, input: json.utf8)
            #expect(plain.status == 65)
            #expect(plain.complaint.contains("--compress-above"))

            #expect(try await memcachedDict(set + ["--compress-above", "1000"], input: json.utf8).status == 0)
            #expect(try await memcachedDict(["get", "--server", server.address, "big"]).output == json + "\n")
            let inspected = try await memcachedDict(["inspect", "--server", server.address, "--json", "big"]).output
            #expect(inspected.contains(#""bytes":\#(json.utf8.count),"codec":"json","compressed":true,"flags":65560,"#))

            // Below the threshold, and where it doesn't get smaller.
            for small in ["[1]", #""abcdefghijklmnop""#] {
                let threshold = small == "[1]" ? "1000" : "0"
                let run = try await memcachedDict(
                    ["set", "--server", server.address, "small", small, "--compress-above", threshold]
                )
                #expect(run.status == 0)
                let inspected = try await memcachedDict(["inspect", "--server", server.address, "--json", "small"])
                    .output
                #expect(inspected.contains(#""compressed":false"#))
            }
        }
    }

    @Test("The other storing commands, their outcomes and their statuses", arguments: DictionaryBackend.all)
    func outcomes(backend: DictionaryBackend) async throws {
        try await backend.withServer { server in
            func run(_ arguments: String...) async throws -> CommandRun {
                try await memcachedDict(arguments + ["--server", server.address, "--codec", "text", "--json"])
            }
            func expect(
                _ run: CommandRun,
                _ status: Int32,
                _ outcome: String,
                sourceLocation: SourceLocation = #_sourceLocation
            ) throws {
                let version = try run.member("version").map { "\"\($0)\"" } ?? "null"
                #expect(run.status == status, sourceLocation: sourceLocation)
                #expect(
                    run.output == #"{"key":"k","outcome":"\#(outcome)","version":\#(version)}"# + "\n",
                    sourceLocation: sourceLocation
                )
                #expect((version == "null") == (outcome != "stored"), sourceLocation: sourceLocation)
            }
            try expect(try await run("replace", "k", "a"), 1, "missing")
            try expect(try await run("append", "k", "a"), 1, "not-stored")
            try expect(try await run("cas", "k", "a", "--version", "7"), 1, "missing")
            try expect(try await run("add", "k", "a"), 0, "stored")
            try expect(try await run("add", "k", "b"), 3, "exists")
            try expect(try await run("replace", "k", "b"), 0, "stored")
            try expect(try await run("append", "k", "c"), 0, "stored")
            try expect(try await run("prepend", "k", "a"), 0, "stored")
            #expect(try await run("get", "k").member("value") == "abc")
            try expect(try await run("cas", "k", "d", "--version", "999999"), 3, "conflict")
            #expect(
                try await run("touch", "k", "--expiration", "1h").output
                    == #"{"key":"k","outcome":"touched","version":null}"# + "\n"
            )
            #expect(try await run("delete", "k").output == #"{"key":"k","outcome":"removed","version":null}"# + "\n")
            try expect(try await run("delete", "k"), 1, "missing")
            try expect(try await run("touch", "k", "--expiration", "1h"), 1, "missing")
        }
    }

    @Test("Counters count on the server", arguments: DictionaryBackend.all)
    func counters(backend: DictionaryBackend) async throws {
        try await backend.withServer { server in
            func run(_ arguments: String...) async throws -> CommandRun {
                try await memcachedDict(arguments + ["--server", server.address])
            }
            let missing = try await run("increment", "n")
            #expect((missing.status, missing.output) == (1, ""))
            #expect(
                try await run("increment", "n", "--json").output == #"{"found":false,"key":"n","value":null}"# + "\n"
            )
            #expect(try await run("increment", "n", "--initial", "15").output == "15\n")
            #expect(try await run("increment", "n", "--by", "18446744073709551600").output == "18446744073709551615\n")
            #expect(try await run("increment", "n", "--json").output == #"{"found":true,"key":"n","value":"0"}"# + "\n")
            #expect(try await run("set", "n", "15", "--codec", "integer").status == 0)
            #expect(try await run("decrement", "n", "--by", "9").output == "6\n")
            // The server pads the shorter number.
            #expect(try await run("get", "n").output == "6\n")
            #expect(try await run("set", "word", "five", "--codec", "text").status == 0)
            #expect(try await run("increment", "word").status == 65)
        }
    }

    @Test("A lifetime ends, also by touch")
    func expiration() async throws {
        try await withMemcachedTestServer { (server) async throws in
            func run(_ arguments: String...) async throws -> CommandRun {
                try await memcachedDict(arguments + ["--server", server.address])
            }
            #expect(try await run("set", "k", "1", "--expiration", "15m").status == 0)
            #expect(try await run("set", "forever", "1", "--expiration", "0").status == 0)
            #expect(try await run("touch", "k", "--expiration", "1h").status == 0)
            server.advanceTime(by: .seconds(3_599))
            #expect(try await run("get", "k").status == 0)
            server.advanceTime(by: .seconds(1))
            #expect(try await run("get", "k").status == 1)
            #expect(try await run("get", "forever").status == 0)
        }
    }

    @Test("A negative number is a value or a key, not an option, and takes nobody's place")
    func negative() async throws {
        try await DictionaryBackend.embedded.withServer { (server) async throws in
            let options = ["--server", server.address]
            #expect(try await memcachedDict(["set", "n", "-5", "--codec", "integer"] + options).status == 0)
            #expect(try await memcachedDict(["get", "n"] + options).output == "-5\n")
            #expect(try await memcachedDict(["set"] + options + ["m", "-6"]).status == 0)
            #expect(try await memcachedDict(["get", "m"] + options).output == "-6\n")

            #expect(try await memcachedDict(["set", "-7", "hello", "--codec", "text"] + options).status == 0)
            #expect(try await memcachedDict(["get", "hello"] + options).status == 1)
            #expect(try await memcachedDict(["get"] + options + ["--", "-7"]).output == "hello\n")

            #expect(try await memcachedDict(["set", "n", "-x", "--codec", "text"] + options).status == 64)
            #expect(try await memcachedDict(["get", "n"] + options).output == "-5\n")
        }
    }
}
