import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite("memcached-dict reads", .fewAtATime, .timeLimit(.minutes(60)))
struct CommandReadingTests {
    /// How the values of a codec are given, and what is told of them.
    struct Sample: Sendable, CustomTestStringConvertible {
        let codec: String
        let input: String
        let type: String
        let flags: UInt32
        let value: String

        var testDescription: String { codec }

        static let plist =
            #"<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>a</key><true/></dict></plist>"#

        static let all = [
            Sample(codec: "json", input: #"{"a":1}"#, type: "json", flags: 0x1_0010, value: #"{"a":1}"#),
            Sample(codec: "plist", input: plist, type: "plist", flags: 0x3_0010, value: plist),
            Sample(codec: "text", input: "caf\u{e9} \n", type: "string", flags: 0x4_0010, value: "caf\u{e9} \n"),
            Sample(codec: "integer", input: "42\n", type: "int", flags: 0x5_0002, value: "42"),
            Sample(codec: "double", input: "1e3", type: "double", flags: 0x6_0010, value: "1000.0"),
            Sample(codec: "bool", input: "TRUE", type: "bool", flags: 0x7_0002, value: "true"),
            Sample(codec: "bytes", input: "abc", type: "bytes", flags: 0x8_0000, value: "YWJj"),
        ]
    }

    @Test("get and inspect tell the same of a value of each codec", arguments: Sample.all)
    func shapes(sample: Sample) async throws {
        try await DictionaryBackend.embedded.withClient { client, server in
            let options = ["--server", server.address, "--prefix", "p"]
            let set = ["set", "--codec", sample.codec] + options + ["k", "-"]
            #expect(try await memcachedDict(set, input: sample.input.utf8).status == 0)
            let item = try #require(try await client.get("p:k"))
            let value = try Self.json(sample.value)
            for codec in [[], ["--codec", sample.codec]] {
                let run = try await memcachedDict(["get", "--json"] + options + codec + ["k"])
                #expect(
                    run.output
                        == #"{"flags":\#(sample.flags),"found":true,"key":"k","value":\#(value),"version":"\#(item.version)"}"#
                        + "\n"
                )
            }
            let inspect = try await memcachedDict(["inspect", "--json"] + options + ["k"])
            let size = item.value.readableBytes
            #expect(
                inspect.output
                    == #"{"bytes":\#(size),"codec":"\#(sample.codec)","compressed":false,"flags":\#(sample.flags),"#
                    + #""found":true,"key":"k","server":"\#(server.address)","stored_bytes":\#(size),"#
                    + #""type":"\#(sample.type)","value":\#(value),"version":"\#(item.version)"}"# + "\n"
            )
            // As a line, or the bytes themselves where the codec's values are files.
            let isFile = ["bytes", "plist"].contains(sample.codec)
            let named = try await memcachedDict(["get", "--codec", sample.codec] + options + ["k"])
            #expect(named.output == (isFile ? sample.input : sample.value + "\n"))
            #expect(try await memcachedDict(["get"] + options + ["k"]).output == sample.value + "\n")
        }
    }

    private static func json(_ text: String) throws -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }

    @Test("A codec that can't read the value ends with 65, and names both")
    func mismatch() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            let options = ["--server", server.address, "k"]
            #expect(try await memcachedDict(["set"] + options + [#"{"a":1}"#]).status == 0)
            for codec in ["plist", "text", "integer", "double", "bool"] {
                let run = try await memcachedDict(["get", "--codec", codec] + options)
                #expect((run.status, run.output) == (65, ""))
                #expect(run.complaint.contains("stored as json"))
                #expect(run.complaint.contains("inspect"))
            }
            #expect(try await memcachedDict(["get", "--codec", "bytes"] + options).output == #"{"a":1}"#)
        }
    }

    @Test("A missing key is told apart, and ends with 1", arguments: DictionaryBackend.all)
    func missing(backend: DictionaryBackend) async throws {
        try await backend.withServer { server in
            let options = ["--server", server.address]
            #expect(try await memcachedDict(["set", "a", "1"] + options).status == 0)
            let lines = try await memcachedDict(["get", "nope", "a"] + options)
            #expect((lines.status, lines.output) == (1, "1\n"))
            #expect(lines.complaint == "memcached-dict: nothing is stored under 'nope'\n")
            let objects = try await memcachedDict(["get", "--json", "nope", "a"] + options)
            #expect(objects.status == 1)
            #expect(objects.lines.first == #"{"flags":null,"found":false,"key":"nope","value":null,"version":null}"#)
            #expect(objects.lines.count == 2)
            let inspect = try await memcachedDict(["inspect", "--json", "nope"] + options)
            #expect(inspect.status == 1)
            #expect(
                inspect.output
                    == #"{"bytes":null,"codec":null,"compressed":null,"flags":null,"found":false,"key":"nope","#
                    + #""server":"\#(server.address)","stored_bytes":null,"type":null,"value":null,"version":null}"#
                    + "\n"
            )
        }
    }

    @Test("Values of other clients are shown as what they look like")
    func foreign() async throws {
        try await DictionaryBackend.embedded.withClient { client, server in
            func inspect(_ text: String, flags: UInt32) async throws -> String {
                try await client.set("k", to: ByteBuffer(string: text), flags: flags)
                return try await memcachedDict(["inspect", "--json", "k", "--server", server.address]).output
            }
            #expect(try await inspect("plain", flags: 0).contains(#""type":"string","value":"plain""#))
            #expect(try await inspect("12", flags: 0).contains(#""type":"int","value":"12""#))
            #expect(try await inspect("\u{1}", flags: 0).contains(#""type":"bytes","value":"AQ==""#))
            #expect(try await inspect("x", flags: 1).contains(#""codec":"Python pickle""#))
            // Flags of no convention that the command knows.
            #expect(try await inspect("x", flags: 0x30).contains(#""codec":null,"compressed":false,"flags":48"#))
            let get = try await memcachedDict(["get", "k", "--server", server.address])
            #expect(get.status == 65)
            #expect(
                try await memcachedDict(["get", "--codec", "bytes", "k", "--server", server.address]).output == "x"
            )
        }
    }

    @Test("A damaged compressed value ends with 65, and what is known is shown")
    func damaged() async throws {
        try await DictionaryBackend.embedded.withClient { client, server in
            try await client.set("k", to: ByteBuffer(string: "no zlib"), flags: 65_560)
            #expect(try await memcachedDict(["get", "k", "--server", server.address]).status == 65)
            let inspect = try await memcachedDict(["inspect", "--json", "k", "--server", server.address])
            #expect(inspect.status == 65)
            #expect(inspect.output.contains(#""flags":65560,"found":true"#))
            #expect(inspect.output.contains(#""stored_bytes":7"#))
        }
    }

    @Test("What several servers hold is one answer, and one that is down hides nothing", .needsMemcached)
    func fleet() async throws {
        try await MemcachedProcess.withMemcached { first in
            try await MemcachedProcess.withMemcached { second in
                let options = ["--server", first.address, "--server", second.address]
                let keys = (0..<20).map { "key-\($0)" }
                for key in keys { #expect(try await memcachedDict(["set", key, "1"] + options).status == 0) }
                let places = try await memcachedDict(["locate", "--json"] + keys + options)
                let onSecond = places.lines.count { $0.hasPrefix(#"{"index":1,"#) }
                #expect(places.lines.count == 20)
                #expect((1..<20).contains(onSecond))
                #expect(try await memcachedDict(["get"] + keys + options).lines.count == 20)

                await second.kill()
                let run = try await memcachedDict(["get", "--json"] + keys + ["missing"] + options)
                // An outage never ends as a miss does.
                #expect(run.status == 69)
                #expect(run.lines.count { $0.contains(#""found":true"#) } == 20 - onSecond)
                #expect(run.complaint.contains(second.address))
            }
        }
    }

    @Test("locate asks no server, and places keys as libmemcached does")
    func locate() async throws {
        let run = try await memcachedDict([
            "locate", "ada", "--server", "cache-1.invalid", "--prefix", "profiles", "--json",
        ])
        #expect((run.status, run.output) == (0, #"{"index":0,"key":"ada","server":"cache-1.invalid:11211"}"# + "\n"))
        // With servers that are named, and no dictionary, no setting's value counts.
        let wrong = #"MEMCACHED_TIMEOUT=soon "$0" locate ada"#
        #expect(try await shell("\(wrong) --server cache-1.invalid").status == 0)
        #expect(try await shell(wrong).status != 0)
        let slips = #"MEMCACHED_TIMOUT=1 "$0" locate ada --server cache-1.invalid"#
        #expect(try await shell(slips).complaint.contains("MEMCACHED_TIMOUT"))
        #expect(try await shell("\(slips) --config /nowhere.json").status != 0)
        let keys = (0..<100).map(String.init)
        let options = ["--server", "a.invalid=1", "--server", "b.invalid:11311=3"]
        let weighted = try await memcachedDict(["locate"] + keys + options)
        let heavier = weighted.lines.count { $0.hasSuffix(" b.invalid:11311 1") }
        #expect((60...90).contains(heavier))
        let configuration = MemcachedClient.Configuration(
            servers: [try MemcachedServer("a.invalid=1"), try MemcachedServer("b.invalid:11311=3")]
        )
        let client = try MemcachedClient(configuration: configuration)
        #expect(
            weighted.lines
                == (try keys.map {
                    "\($0) \(try client.server(for: $0).server.address) \(try client.server(for: $0).index)"
                })
        )
    }
}
