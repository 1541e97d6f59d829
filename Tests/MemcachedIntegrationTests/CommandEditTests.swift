import Foundation
import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

/// memcached-dict edit, with editors that are lines of shell.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct CommandEditTests {
    /// - Parameter editor: a line of shell to which `$1` is the file.
    private func edit(_ editor: String, _ server: String, _ arguments: String...) async throws -> CommandRun {
        let command = arguments.joined(separator: " ")
        return try await shell(#"export VISUAL= EDITOR="$1"; "$0" edit --server "$2" "# + command, editor, server)
    }

    private func item(_ key: String, at server: String) async throws -> MemcachedItem {
        try await withClient(of: [server]) { try #require(try await $0.get(key)) }
    }

    /// Where a run says that it has kept the file.
    private func keptPath(_ run: CommandRun) throws -> String {
        let lines = run.complaint.split(separator: "\n").filter { $0.contains("is kept in ") }
        #expect(lines.count == 1, "\(run.complaint)")
        let line = try #require(lines.first)
        return String(try #require(line.components(separatedBy: "is kept in ").last))
    }

    /// The file that a run says it has kept; removed here.
    private func keptFile(_ run: CommandRun) throws -> String {
        let path = try keptPath(run)
        defer { try? FileManager.default.removeItem(atPath: URL(filePath: path).deletingLastPathComponent().path) }
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test(arguments: DictionaryBackend.all) func `a value is changed in its format`(backend: DictionaryBackend)
        async throws
    {
        try await backend.withServer { server in
            let address = ["--server", server.address]
            for (codec, before, editor, after) in [
                ("json", #"{"visits":1}"#, "sed -i s/1/2/", #"{"visits":2}"#),
                ("text", "one\ntwo", "sed -i s/two/2/", "one\n2"),
                ("integer", "41", "sed -i s/41/42/", "42"), ("bool", "true", "sed -i s/true/false/", "false"),
                ("double", "0.5", "sed -i s/5/25/", "0.25"),
                (
                    "plist", "<plist><string>one</string></plist>", "sed -i s/one/two/",
                    "<plist><string>two</string></plist>"
                ),
            ] {
                #expect(try await memcachedDict(["set", "k", before, "--codec", codec] + address).status == 0)
                let old = try await item("k", at: server.address)
                let run = try await edit(editor, server.address, "k")
                #expect(run.status == 0 && run.output.hasPrefix("stored k, version "), "\(codec): \(run.complaint)")
                let new = try await item("k", at: server.address)
                #expect(new.flags == old.flags, "\(codec)")
                #expect(try await memcachedDict(["get", "k", "--codec", codec] + address).output.contains(after))
            }
        }
    }

    @Test func `compression, flags 0 and a binary property list stay as they are`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            let address = server.address
            let text = String(repeating: "one ", count: 1_000)
            #expect(
                try await memcachedDict([
                    "set", "k", text, "--codec", "text", "--compress-above", "100", "--server", address,
                ]).status
                    == 0
            )
            #expect(try await edit("sed -i s/one/two/", address, "k").status == 0)
            let compressed = try await memcachedDict(["inspect", "k", "--json", "--server", address]).output
            #expect(
                compressed.contains(#""compressed":true"#) && compressed.contains("two one one"),
                "\(compressed.prefix(300))"
            )

            let list = try PropertyListSerialization.data(
                fromPropertyList: ["name": "Ada"],
                format: .binary,
                options: 0
            )
            try await withClient(of: [address]) { client in
                try await client.set("raw", to: ByteBuffer(string: "plain"))
                let dictionary = MemcachedDict<[String: String]>(
                    client,
                    keyPrefix: .none,
                    codec: .propertyList(.binary)
                )
                try await dictionary.store(["name": "Ada"], forKey: "list")
            }
            #expect(try await edit("sed -i s/plain/simple/", address, "raw").status == 0)
            let raw = try await item("raw", at: address)
            #expect(raw.flags == 0 && String(buffer: raw.value) == "simple")

            #expect(try await edit("sed -i s/Ada/Grace/", address, "list").status == 0)
            let stored = try await item("list", at: address)
            #expect(stored.value.readableBytesView.starts(with: list.prefix(8)))
            let values = try PropertyListSerialization.propertyList(
                from: Data(stored.value.readableBytesView),
                format: nil
            )
            #expect(values as? [String: String] == ["name": "Grace"])
        }
    }

    @Test func `what nobody has marked stays what it is`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            let list = try PropertyListSerialization.data(
                fromPropertyList: ["name": "Ada"],
                format: .binary,
                options: 0
            )
            try await withClient(of: [server.address]) { client in
                try await client.set("postcode", to: ByteBuffer(string: "02134"))
                try await client.set("list", to: ByteBuffer(bytes: list))
            }
            #expect(try await edit("sed -i s/4/9/", server.address, "postcode").status == 0)
            let postcode = try await item("postcode", at: server.address)
            #expect(postcode.flags == 0 && String(buffer: postcode.value) == "02139")
            #expect(try await edit("sed -i s/Ada/Grace/", server.address, "list").status == 0)
            let stored = try await item("list", at: server.address)
            #expect(stored.flags == 0 && stored.value.readableBytesView.starts(with: "bplist".utf8))
        }
    }

    @Test func `a list that XML can't hold is not edited`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            let date = Date(timeIntervalSinceReferenceDate: 0.25)
            let list = try PropertyListSerialization.data(fromPropertyList: ["at": date], format: .binary, options: 0)
            try await withClient(of: [server.address]) { _ = try await $0.set("k", to: ByteBuffer(bytes: list)) }
            let run = try await edit("sed -i s/at/on/", server.address, "k")
            #expect(run.status == 65 && run.complaint.contains("fractions of a second"), "\(run.complaint)")
            #expect(try await item("k", at: server.address).value == ByteBuffer(bytes: list))
        }
    }

    @Test func `what is left as it was is not stored, whatever the editor does to its last line`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            #expect(try await memcachedDict(["set", "k", "1", "--server", server.address]).status == 0)
            let before = try await item("k", at: server.address).version
            for editor in ["true", "sed -i '$a\\'", #"echo >>"#] {
                let run = try await edit(editor, server.address, "k")
                #expect(run.status == 0 && run.complaint.contains("nothing was changed"), "\(editor): \(run.complaint)")
            }
            #expect(try await item("k", at: server.address).version == before)
        }
    }

    @Test func `an editor that takes the file away, or is none, changes nothing`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            #expect(try await memcachedDict(["set", "k", "[1]", "--server", server.address]).status == 0)
            let gone = try await edit("rm", server.address, "k")
            #expect(gone.status == 65 && gone.complaint.contains("the editor has left no file"), "\(gone.complaint)")
            #expect(!gone.complaint.contains("is kept in") && !gone.complaint.contains("NSCocoa"), "\(gone.complaint)")
            let none = try await edit("no-such-editor", server.address, "k")
            #expect(none.status == 65 && none.complaint.contains("the editor"), "\(none.complaint)")
            #expect(!none.complaint.contains("is kept in"), "\(none.complaint)")
            // What is there but can't be read isn't removed.
            let folder = try await edit(#"rm "$1"; mkdir "$1"; true"#, server.address, "k")
            #expect(folder.status == 65 && folder.complaint.contains("has left no file"), "\(folder.complaint)")
            let kept = try keptPath(folder)
            #expect(FileManager.default.fileExists(atPath: kept), "\(folder.complaint)")
            try? FileManager.default.removeItem(at: URL(filePath: kept).deletingLastPathComponent())
            #expect(try await memcachedDict(["get", "k", "--server", server.address]).output == "[1]\n")
        }
    }

    @Test func `the file is called so that an editor knows what it is`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            for (codec, value, ending) in [("json", "[1]", ".json"), ("text", "a", ".txt"), ("integer", "1", ".txt")] {
                let set = ["set", "k", value, "--codec", codec, "--server", server.address]
                #expect(try await memcachedDict(set).status == 0)
                let run = try await edit(#"case "$1" in *\#(ending)) ;; *) exit 9; esac; true"#, server.address, "k")
                #expect(run.status == 0, "\(codec): \(run.complaint)")
            }
        }
    }

    @Test func `what the codec can't read is not stored, and not lost`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            #expect(try await memcachedDict(["set", "k", "[1]", "--server", server.address]).status == 0)
            let before = try await item("k", at: server.address).version
            let run = try await edit("sed -i s/]//", server.address, "k")
            #expect(run.status == 65 && run.complaint.contains("not valid JSON"), "\(run.complaint)")
            #expect(try keptFile(run) == "[1")
            #expect(try await item("k", at: server.address).version == before)
        }
    }

    @Test func `another writer's value stays, and what was typed is not lost`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            #expect(try await memcachedDict(["set", "k", "1", "--server", server.address]).status == 0)
            let meanwhile = "'\(try commandPath())' set k 2 --server \(server.address) >/dev/null; sed -i s/1/3/"
            let run = try await edit(meanwhile, server.address, "k", "--codec", "json")
            #expect(run.status == 3, "\(run.complaint)")
            #expect(run.complaint.contains("another writer has stored 'k' meanwhile; it holds now:\n2\n"))
            #expect(try keptFile(run) == "3")
            #expect(try await memcachedDict(["get", "k", "--server", server.address]).output == "2\n")

            let storing = "'\(try commandPath())' set k - --codec text --server \(server.address) >/dev/null"
            let windows = #"printf 'a\r\nb\033' | "# + storing + "; sed -i s/2/3/"
            let lines = try await edit(windows, server.address, "k")
            #expect(lines.status == 3 && lines.complaint.contains("it holds now:\na\nb\\u{1b}\n"), "\(lines.complaint)")
            #expect(try keptFile(lines) == "3")
            #expect(try await memcachedDict(["set", "k", "2", "--server", server.address]).status == 0)

            let gone = "'\(try commandPath())' delete k --server \(server.address) >/dev/null; sed -i s/2/3/"
            let missing = try await edit(gone, server.address, "k")
            #expect(missing.status == 1)
            #expect(try keptFile(missing) == "3")
        }
    }

    @Test(.needs("script"))
    func `at a terminal a conflict can be overruled`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            for (answers, value) in [("s", "3"), ("x\ne\ns\ns", "3"), ("q", "2")] {
                #expect(try await memcachedDict(["set", "k", "1", "--server", server.address]).status == 0)
                let meanwhile =
                    "'\(try commandPath())' set k 2 --server \(server.address) >/dev/null; sed -i s/1/3/"
                let run = try await shell(
                    #"export VISUAL= EDITOR="$1"; printf "$3\n" | script -qec "'$0' edit --server $2 k" /dev/null"#,
                    meanwhile,
                    server.address,
                    answers
                )
                #expect(
                    run.output.contains("Edit yours again, store yours in its place, or quit? [e/s/q]"),
                    "\(run.output)"
                )
                #expect(try await memcachedDict(["get", "k", "--server", server.address]).output == "\(value)\n")
                if answers == "q" { #expect(run.output.contains("is kept in ")) }
            }
        }
    }

    @Test(.needs("script"))
    func `who leaves the editor without saving has not said to store`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            #expect(try await memcachedDict(["set", "k", "[1]", "--server", server.address]).status == 0)
            // The second time it changes nothing.
            let editor =
                "'\(try commandPath())' set k text --codec text --server \(server.address) >/dev/null; sed -i s/1/3/"
            let run = try await shell(
                #"export VISUAL= EDITOR="$1"; printf "e\\nq\\n" | script -qec "'$0' edit --server $2 k" /dev/null"#,
                editor,
                server.address
            )
            #expect(run.output.components(separatedBy: "[e/s/q]").count == 3, "\(run.output)")
            #expect(try await memcachedDict(["get", "k", "--server", server.address]).output == "text\n")
            // Stored in its place, it is what it was, not what the other has made of it.
            #expect(try await memcachedDict(["set", "k", "[1]", "--server", server.address]).status == 0)
            let flags = try await item("k", at: server.address).flags
            _ = try await shell(
                #"export VISUAL= EDITOR="$1"; printf "s\\n" | script -qec "'$0' edit --server $2 k" /dev/null"#,
                editor,
                server.address
            )
            let stored = try await item("k", at: server.address)
            #expect(stored.flags == flags && String(buffer: stored.value) == "[3]")
        }
    }

    @Test func `a server that keeps no versions is told before the editor begins`() async throws {
        try await DictionaryBackend.embedded.withServer(keepingCAS: false) { server in
            #expect(try await memcachedDict(["set", "k", "1", "--server", server.address]).status == 0)
            let run = try await edit("false", server.address, "k")
            #expect(run.status == 65 && run.complaint.contains("its server keeps no versions (-C)"), "\(run.complaint)")
            #expect(!run.complaint.contains("the editor"))
        }
    }

    @Test func `a restart meanwhile is a conflict`() async throws {
        let flags = FileManager.default.temporaryDirectory.appending(path: "edit-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: flags, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: flags) }
        try await withMemcachedTestServer { (server) async throws in
            let address = "\(server.address)"
            #expect(try await memcachedDict(["set", "k", "1", "--server", address]).status == 0)
            // No longer than ten minutes, and until the test is over.
            let waits = "[ -d \(flags) ] && [ ! -e \(flags)/goes-on ]"
            let waiting = "touch \(flags)/begun; for n in $(seq 12000); do \(waits) && sleep 0.05; done; sed -i s/1/3/"
            async let running = edit(waiting, address, "k")
            for _ in 0..<6_000 where !FileManager.default.fileExists(atPath: "\(flags)/begun") {
                try await Task.sleep(for: .milliseconds(10))
            }
            try #require(FileManager.default.fileExists(atPath: "\(flags)/begun"))
            await server.restart()
            #expect(try await memcachedDict(["set", "k", "2", "--server", address]).status == 0)
            #expect(FileManager.default.createFile(atPath: "\(flags)/goes-on", contents: nil))
            let run = try await running
            #expect(run.status == 3, "\(run.complaint)")
            #expect(run.complaint.contains("has taken its place, meanwhile; it holds now:\n2\n"), "\(run.complaint)")
            #expect(try keptFile(run) == "3")
            #expect(server.item(forKey: "k")?.value == Array("2".utf8))
        }
    }

    @Test func `the largest value that is configured for all counts`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            #expect(try await memcachedDict(["set", "k", "[1]", "--server", server.address]).status == 0)
            let line = #"export MEMCACHED_LARGEST_VALUE=20 EDITOR="$2" VISUAL=; "$0" edit k --server "$1""#
            let run = try await shell(line, server.address, "sed -i s/1/123456789012345678901/")
            #expect(run.status == 65 && run.complaint.contains("the settings allow 20 at most"), "\(run.complaint)")
            #expect(try keptFile(run).utf8.count > 20)
            #expect(try await memcachedDict(["get", "k", "--server", server.address]).output == "[1]\n")
        }
    }

    @Test func `what can't be edited says why`() async throws {
        try await DictionaryBackend.embedded.withServer { server in
            #expect(try await edit("true", server.address, "nobody").status == 1)
            #expect(try await memcachedDict(["set", "k", "1", "--server", server.address]).status == 0)
            let failing = try await edit("false", server.address, "k")
            #expect(failing.status == 65 && failing.complaint.contains("the editor 'false' ended with status 1;"))
            let killed = try await edit("kill -9 $$ #", server.address, "k")
            #expect(killed.complaint.contains("was ended by signal 9;"), "\(killed.complaint)")
            let unnamed = try await shell(#"VISUAL= EDITOR= "$0" edit k --server "$1""#, server.address)
            #expect(unnamed.status == 64 && unnamed.complaint.contains("names an editor"), "\(unnamed.complaint)")
            #expect(unnamed.output.isEmpty && !unnamed.complaint.contains("is kept in "))
            #expect(
                try await memcachedDict(["set", "b", "x", "--codec", "bytes", "--server", server.address]).status == 0
            )
            let bytes = try await edit("true", server.address, "b")
            #expect(bytes.status == 65 && bytes.complaint.contains("get --codec bytes"), "\(bytes.complaint)")
        }
    }
}
