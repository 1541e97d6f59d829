#if Configuration
import ArgumentParser
import Foundation
import Memcached
import MemcachedTesting
import TestSupport
import Testing

@testable import MemcachedDictCommand

/// Where memcached-dict takes its settings from.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct CommandConfigTests {
    /// Calls `body` with a folder of its own.
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "config-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "memcached-dict"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    /// Runs the command with that folder as XDG_CONFIG_HOME.
    private func run(_ folder: URL, _ command: String, environment: String = "true") async throws -> CommandRun {
        try await shell(#"export XDG_CONFIG_HOME="$1"; \#(environment); "$0" "# + command, folder.path)
    }

    private func write(_ text: String, to folder: URL, _ name: String = "memcached-dict/config.json") throws -> String {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// Value and source of a setting, as `show` tells them.
    private func shown(_ key: String, _ run: CommandRun) throws -> [String?] {
        let rows = try run.lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        let row = try #require(rows.first { $0["key"] as? String == key }, "\(run.complaint)")
        return [row["value"] as? String, row["source"] as? String]
    }

    @Test func `an option comes before the environment, that before the file, and that before the default`()
        async throws
    {
        try await withFolder { folder in
            let show = "config show --json"
            #expect(try shown("timeout", try await run(folder, show)) == ["2", "default"])
            #expect(try shown("servers", try await run(folder, show)) == ["127.0.0.1:11211", "default"])
            let path = try write(
                #"{"servers": ["cache-1", "cache-2=3"], "timeout": 0.5, "itemSizeLimit": 2048}"#,
                to: folder
            )
            let file = try await run(folder, show)
            #expect(try shown("timeout", file) == ["0.5", path])
            #expect(try shown("servers", file) == ["cache-1:11211, cache-2:11211=3", path])
            #expect(try shown("itemSizeLimit", file) == ["2048", path])
            // As long as a call.
            #expect(try shown("connectTimeout", file) == ["0.6", "default"])
            let variables =
                "export MEMCACHED_TIMEOUT=0.25 MEMCACHED_SERVERS=cache-3,cache-4 MEMCACHED_CONNECT_TIMEOUT=3"
            let environment = try await run(folder, show, environment: variables)
            #expect(try shown("timeout", environment) == ["0.25", "environment"])
            #expect(try shown("servers", environment) == ["cache-3:11211, cache-4:11211", "environment"])
            #expect(try shown("connectTimeout", environment) == ["3", "environment"])
            #expect(try shown("itemSizeLimit", environment) == ["2048", path])
            let option = try await run(folder, show + " --timeout 0.125 --server cache-5", environment: variables)
            #expect(try shown("timeout", option) == ["0.125", "option"])
            #expect(try shown("servers", option) == ["cache-5:11211", "option"])
            let named = try write(#"{"timeout": 9}"#, to: folder, "other.json")
            #expect(try shown("timeout", try await run(folder, show + " --config '\(named)'")) == ["9", named])
            let text = try await run(folder, "config show")
            #expect(text.lines.contains("timeout = 0.5 seconds  (\(path))"), "\(text.output)")
            #expect(text.lines.contains("saslUser = -  (default)"))
        }
    }

    @Test func `an option leaves what it doesn't say to the others`() async throws {
        try await withFolder { folder in
            let path = try write(
                #"{"servers": ["cache-1"], "saslUser": "ada", "saslPassword": "hush", "saslMechanism": "SCRAM-SHA-256"}"#,
                to: folder
            )
            let password = try write("other", to: folder, "password")
            let login = try await run(folder, "config show --json --user grace --password-file '\(password)'")
            #expect(try shown("saslUser", login) == ["grace", "option"])
            #expect(try shown("saslMechanism", login) == ["SCRAM-SHA-256", path])
            #expect(!login.output.contains("hush") && !login.output.contains("other"))

            let times = try write(#"{"connectTimeout": 0.5}"#, to: folder, "times.json")
            let options = try ServerOptions.parse(["--config", times, "--timeout", "3"])
            let connection = try options.clientConfiguration().connection
            #expect(connection.connectTimeout == .milliseconds(500))
            #expect(connection.stallTimeout == .seconds(5))
            #expect(
                try ServerOptions.parse(["--timeout", "9"]).clientConfiguration().connection.connectTimeout
                    == .milliseconds(9_100)
            )
            #if TLS
            let root = TLSFixtures.path("root.pem")
            _ = try write(#"{"tlsTrustRootsFile": "\#(root)"}"#, to: folder)
            let tls = try await run(folder, "config show --json --tls-name other.example")
            #expect(try shown("tls", tls) == ["true", "option"])
            #expect(try shown("tlsTrustRootsFile", tls).first == root)
            #expect(try shown("tlsServerName", tls) == ["other.example", "option"])
            try await TLSFixtures.withServer(certificate: "other-name.pem") { (server) async throws in
                let command = "ping --server \(server.address) --tls-name other.example"
                #expect(try await run(folder, command).status == 0)
            }
            #endif
        }
    }

    @Test func `a dictionary's settings are shown and checked, and a misspelt variable is named`() async throws {
        try await withFolder { folder in
            let path = try write(
                #"{"expiration": 3600, "dictionaries": {"sessions": {"expiration": "never", "compressAbove": 1024}}}"#,
                to: folder
            )
            let variables =
                "export MEMCACHED_DICTIONARIES_SESSIONS_LONGEST_KEY=99 MEMCACHED_TIMOUT=1 MEMCACHED_TIMEOUT=1 "
                + "MEMCACHED_DICTIONARIES_PAGES_EXPIRATION=60"
            let show = try await run(folder, "config show --json", environment: variables)
            #expect(try shown("expiration", show) == ["3600", path])
            #expect(try shown("dictionaries.sessions.expiration", show) == ["never", path])
            #expect(try shown("dictionaries.sessions.compressAbove", show) == ["1024", path])
            #expect(try shown("dictionaries.sessions.longestKey", show) == ["99", "environment"])
            #expect(try shown("dictionaries.sessions.largestValue", show) == [nil, "default"])
            let text = try await run(folder, "config show")
            #expect(text.lines.contains("dictionaries.sessions.expiration = never  (\(path))"), "\(text.output)")
            let check = try await run(folder, "config check", environment: variables)
            #expect(check.status == 0 && check.output == "\(path) is sound\n")
            #expect(check.complaint.contains("MEMCACHED_TIMOUT"))
            #expect(check.complaint.contains("MEMCACHED_DICTIONARIES_PAGES_EXPIRATION, which counts for commands with"))
            #expect(check.complaint.split(separator: "\n").count == 2, "\(check.complaint)")
            #expect(show.complaint.contains("MEMCACHED_DICTIONARIES_PAGES_EXPIRATION, which counts for commands with"))
            let used = try await run(folder, "config show --json --prefix pages", environment: variables)
            #expect(try shown("dictionaries.pages.expiration", used) == ["60", "environment"])
            #expect(!used.complaint.contains("PAGES"), "\(used.complaint)")
            let wrong = try write(
                #"{"timeout": 0, "dictionaries": {"sessions": {"longestKey": 251}}}"#,
                to: folder,
                "wrong.json"
            )
            let run = try await run(folder, "config check --config '\(wrong)'")
            #expect(run.status == 65 && run.complaint.contains("timeout must be positive"))
            #expect(
                run.complaint.contains("dictionaries.sessions.longestKey must be from 1 to 250"),
                "\(run.complaint)"
            )
            #expect(run.complaint.contains("'dictionaries.sessions.longestKey' comes from the file \(wrong)"))
        }
    }

    @Test func `a variable that is nearly a setting's is told by each command that reads settings, once`()
        async throws
    {
        try await withFolder { folder in
            try await withMemcachedTestServer { server in
                let variables =
                    "export MEMCACHED_TIMOUT=1 MEMCACHED_SERVICE_HOST=10.0.0.1 MEMCACHED_SERVERS=\(server.address)"
                let commands = [
                    "set k 1", "get k --json", "ping --json", "stats", "locate k", "config show --json", "config check",
                ]
                for command in commands {
                    let run = try await run(folder, command, environment: variables)
                    #expect(run.status == 0, "\(command): \(run.complaint)")
                    let told = run.complaint.split(separator: "\n").filter { $0.contains("MEMCACHED_TIMOUT") }
                    #expect(
                        told.count == 1 && told[0].contains("did you mean MEMCACHED_TIMEOUT?"),
                        "\(command): \(told)"
                    )
                    #expect(!run.output.contains("TIMOUT"))
                    // Such as Kubernetes sets for each service.
                    #expect(
                        run.complaint.contains("MEMCACHED_SERVICE_HOST") == (command == "config check"),
                        "\(command)"
                    )
                }
            }
        }
    }

    @Test func `a dictionary's variable counts for its prefix, without a file that names it`() async throws {
        try await withFolder { folder in
            try await withMemcachedTestServer { server in
                let expiration = "export MEMCACHED_SERVERS=\(server.address) MEMCACHED_DICTIONARIES_PROFILES_EXPIRATION"
                let seven = expiration + "=7"
                #expect(try await run(folder, "set --prefix profiles q 1", environment: seven).status == 0)
                #expect(
                    try await run(folder, "set --prefix profiles r 1 --expiration 30", environment: seven).status == 0
                )
                #expect(try await run(folder, "set --prefix pages q 1", environment: seven).status == 0)
                #expect(
                    try await run(folder, "increment --prefix profiles n --initial 5", environment: seven).status == 0
                )
                server.advanceTime(by: .seconds(10))
                for (key, status) in [("profiles:q", 1), ("profiles:r", 0), ("pages:q", 0), ("profiles:n", 1)] {
                    #expect(try await run(folder, "get \(key)", environment: seven).status == status, "\(key)")
                }
                let wrong = expiration + "=-7"
                let refused = try await run(folder, "set --prefix profiles s 1", environment: wrong)
                #expect(refused.status == 65, "\(refused.complaint)")
                #expect(refused.complaint.contains("dictionaries.profiles.expiration must be positive"))
                #expect(refused.complaint.contains("comes from the environment"))
                #expect(try await run(folder, "set --prefix pages s 1", environment: wrong).status == 0)
                let check = try await run(folder, "config check", environment: wrong)
                #expect(check.status == 65 && check.complaint.contains("dictionaries.profiles.expiration must be"))
                // Whose last part is no setting's.
                let unknown = "export MEMCACHED_DICTIONARIES_PROFILES_EXPIRES=7"
                let told = try await run(folder, "config check", environment: unknown)
                #expect(told.status == 0 && told.complaint.contains("PROFILES_EXPIRES, which sets nothing here"))
            }
        }
    }

    @Test func `all that is wrong is told in one run, each on its line`() async throws {
        try await withFolder { folder in
            let path = try write(
                #"{"timout": 1, "connections": -4, "timeout": "x", "batchWindow": null, "longestKey": 0, "#
                    + #""management": {"passwordHash": "x"}}"#,
                to: folder,
                "wrong.json"
            )
            let variables = "export MEMCACHED_STALL_TIMEOUT=soon"
            let run = try await run(folder, "config check --config '\(path)'", environment: variables)
            #expect(run.status == 65)
            let lines = run.complaint.split(separator: "\n")
            for words in [
                "has 'connections', which is no setting", "has 'timout', which is no setting",
                "'batchWindow' a value that no setting takes; it takes a whole number of requests, 1 or more",
                "the setting 'timeout' takes a number of seconds, more than 0, at most 1,000,000,000",
                "the setting 'stallTimeout' takes a number of seconds", "longestKey must be from 1 to 250",
                "'management.passwordHash' in '\(path)' is no hash of a password",
            ] {
                let count = lines.filter { $0.hasPrefix("memcached-dict: ") && $0.contains(words) }.count
                #expect(count == 1, "\(words): \(run.complaint)")
            }
            #expect(lines.filter { $0.contains("The settings are ") }.count == 1)
            #expect(lines.contains("'stallTimeout' comes from the environment."))
            let hash = try write(#"{"management": {"passwordHash": "x"}}"#, to: folder, "hash.json")
            let checked = try await self.run(folder, "config check --config '\(hash)'")
            #expect(checked.status == 65 && checked.complaint.contains("hash-password"), "\(checked.complaint)")
        }
    }

    @Test func `what the environment hides of a file is checked, too`() async throws {
        try await withFolder { folder in
            let path = try write(#"{"timeout": "abc", "maximumBackoff": 0.01}"#, to: folder)
            let variables = "export MEMCACHED_TIMEOUT=1 MEMCACHED_INITIAL_BACKOFF=0.005"
            let run = try await run(folder, "config check", environment: variables)
            #expect(run.status == 65)
            #expect(
                run.complaint
                    == "memcached-dict: the setting 'timeout' takes a number of seconds, more than 0, at most 1,000,000,000\n"
                    + "So it is by the file \(path); here, the environment hides it.\n"
            )
            // What isn't used here ends no other command.
            #expect(try await self.run(folder, "locate k", environment: variables).status == 0)
        }
    }

    @Test func `times that are shown are those in force`() async throws {
        try await withFolder { folder in
            let run = try await run(folder, "config show --json --timeout 9")
            #expect(try shown("connectTimeout", run) == ["9.1", "default"])
            #expect(try shown("stallTimeout", run) == ["9.1", "default"])
            let variables = "export MEMCACHED_CONNECT_TIMEOUT=0.5"
            let set = try await self.run(folder, "config show --json --timeout 9", environment: variables)
            #expect(try shown("connectTimeout", set) == ["0.5", "environment"])
        }
    }

    @Test func `a dictionary's settings hold for each command`() async throws {
        try await withFolder { folder in
            try await withMemcachedTestServer { server in
                let settings = #"{"longestKey": 12, "largestValue": 20, "compressAbove": "never", "expiration": 60}"#
                _ = try write(#"{"servers": ["\#(server.address)"], "dictionaries": {"p": \#(settings)}}"#, to: folder)
                for command in [
                    "get K", "inspect K", "locate K", "delete K", "increment --initial 1 K", "edit K",
                    "touch --expiration 9 K",
                    "set K 1", "add K 1", "replace K 1", "cas --version 1 K 1", "append K 1", "prepend K 1",
                ] {
                    let arguments = command.replacing("K", with: "averylongkey")
                    let run = try await run(folder, "\(arguments) --prefix p")
                    #expect(run.status == 65 && run.output.isEmpty, "\(command): \(run.complaint)")
                    #expect(run.complaint.contains("the key has 14 bytes with its prefix"), "\(run.complaint)")
                    #expect(run.complaint.contains("keeps it under 'p#"), "\(command): \(run.complaint)")
                }
                let redacting = "export MEMCACHED_REDACTS_KEYS_AND_VALUES=true"
                let redacted = try await run(folder, "get averylongkey --prefix p", environment: redacting)
                #expect(redacted.complaint.contains("keeps it under 'p#"), "\(redacted.complaint)")
                #expect(try await run(folder, "get --prefix p short").status == 1)
                #expect(try await run(folder, "get p:averylongkey").status == 1)
                // What compresses well fits.
                let zeros = "'\(String(repeating: "0", count: 1_000))'"
                let large = try await run(folder, "set --codec text --prefix p k \(zeros)")
                #expect(large.status == 65 && large.complaint.contains("at most 20"), "\(large.complaint)")
                #expect(large.complaint.contains("--compress-above BYTES"), "\(large.complaint)")
                let set = try await run(folder, "set --codec text --prefix p k \(zeros) --compress-above 100")
                #expect(set.status == 0, "\(set.complaint)")
                #expect(server.item(forKey: "p:k")?.value.count ?? .max <= 20)
                #expect(try await run(folder, "set --prefix p n 1").status == 0)
                let editor = "export EDITOR='sed -i s/1/1111111111222222222233333333334/'"
                let edit = try await run(folder, "edit --prefix p n", environment: editor)
                #expect(edit.status == 65 && edit.complaint.contains("31 bytes as it is stored"), "\(edit.complaint)")
                #expect(try await run(folder, "get --prefix p n").output == "1\n")
            }
        }
    }

    @Test func `an item is told to be of the server that has it`() async throws {
        try await withFolder { folder in
            try await withMemcachedTestServer { server in
                let variables =
                    "export MEMCACHED_SERVERS=\(server.address),127.0.0.1:1 MEMCACHED_FAILURE_POLICY=nextServer"
                for key in (0..<8).map({ "key-\($0)" }) {
                    #expect(try await run(folder, "set \(key) 1", environment: variables).status == 0)
                    let run = try await run(folder, "inspect \(key)", environment: variables)
                    #expect(run.output.contains("server   \(server.address)\n"), "\(run.output)")
                }
            }
        }
    }

    @Test func `without a file of the user's, the machine's is read, and shown as such`() async throws {
        try await withFolder { folder in
            let path = try write(#"{"timeout": 0.5}"#, to: folder)
            let home = "export XDG_CONFIG_HOME=/nowhere XDG_CONFIG_DIRS=/nowhere/else:'\(folder.path)'"
            #expect(
                try shown("timeout", try await run(folder, "config show --json", environment: home)) == ["0.5", path]
            )
        }
    }

    @Test func `an error names where the setting is`() async throws {
        try await withFolder { folder in
            let run = try await run(folder, "config check", environment: "export MEMCACHED_TIMEOUT=abc")
            #expect(
                run.status == 65 && run.complaint.contains("'timeout' comes from the environment"),
                "\(run.complaint)"
            )
        }
    }

    @Test func `the commands use what is set`() async throws {
        try await withFolder { folder in
            try await withMemcachedTestServer { server in
                _ = try write(#"{"servers": ["\#(server.address)"]}"#, to: folder)
                #expect(try await run(folder, "set k 1").status == 0)
                #expect(try await run(folder, "get k").output == "1\n")
                #expect(try await run(folder, "ping").output.hasPrefix("\(server.address) answers"))
                #expect(try await run(folder, "locate k").output.contains("\(server.address)"))
                let refusal = try await run(folder, "flush")
                #expect(refusal.status == 64 && refusal.complaint.contains("every item of \(server.address)"))
                let variables = "export MEMCACHED_SERVERS=127.0.0.1:1"
                #expect(try await run(folder, "get k", environment: variables).status == 69)
            }
        }
    }

    @Test(arguments: [
        (#"{"timout": 1}"#, "'timout', which is no setting"),
        (#"{"timeout": "soon"}"#, "'timeout' takes a number of seconds, more than 0, at most 1,000,000,000"),
        (#"{"timeout": 1e99}"#, "more than 0, at most 1,000,000,000; it is 1e+99"),
        (#"{"expiration": 99999999999}"#, "at most 1,000,000,000, or never; it is 99999999999"),
        (#"{"connectionsPerServer": 1.5}"#, "takes a whole number of connections, 1 to 64"),
        (#"{"dictionaries": [1]}"#, "It holds an object for each key prefix"),
        (#"{"timeout": -1}"#, "timeout must be positive"),
        (#"{"timeout": {"seconds": 1}}"#, "'timeout' a value that no setting takes"),
        (#"{"timeout": null}"#, "'timeout' a value that no setting takes"),
        (#"{"timeout": 1e400}"#, "'timeout' a value that no setting takes"),
        (#"{"timeout": 1, "timeout": 2}"#, "is not one object of JSON: it has 'timeout' twice"),
        (#"{"saslUser": "\q"}"#, "is not one object of JSON: Invalid escape sequence around character"),
        (#"{"timeout": 1"#, "is not one object of JSON: Unexpected end of file"),
        (#"{"timeout": tru }"#, "is not one object of JSON: Invalid value around character 15"),
        ("[]", "is not one object of JSON"), ("", "is not one object of JSON"),
        (#"{"servers": []}"#, "'servers' is missing"),
        (#"{"servers": "cache-1"}"#, "'servers' takes a list of texts"), (#"{"servers": ["cache-1:x"]}"#, "cache-1:x"),
        (#"{"tls": 1}"#, "'tls' takes true or false"), (#"{"overloadPolicy": "panic"}"#, "takes wait or fail"),
        (#"{"ejectionTrialInterval": 1}"#, "needs the setting 'ejectionFailures'"),
        (#"{"saslUser": "ada"}"#, "needs the setting 'saslPassword'"),
    ])
    func `what is wrong is named, and what it takes`(text: String, words: String) async throws {
        try await withFolder { folder in
            let path = try write(text, to: folder, "wrong.json")
            for command in ["config check", "config show", "get k"] {
                let run = try await run(folder, "\(command) --config '\(path)'")
                #expect(run.status == 65 && run.output.isEmpty, "\(command): \(run.status)")
                #expect(run.complaint.contains(words), "\(command): \(run.complaint)")
            }
        }
    }

    @Test func `a sound file is said to be one, and a file that isn't there is missed`() async throws {
        try await withFolder { folder in
            #expect(try await run(folder, "config check").output.hasPrefix("there is no configuration file"))
            let path = try write(#"{"servers": ["cache-1"], "saslUser": "ada", "saslPassword": "hush"}"#, to: folder)
            #expect(try await run(folder, "config check").output == "\(path) is sound\n")
            let show = try await run(folder, "config show")
            #expect(show.lines.contains("saslPassword = (secret)  (\(path))"))
            #expect(!show.output.contains("hush"))
            let missing = try await run(folder, "config check --config /nowhere/config.json")
            #expect(missing.status == 65 && missing.complaint.contains("'/nowhere/config.json' can't be read"))
        }
    }
}
#endif
