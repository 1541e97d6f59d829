import Foundation
import TestSupport
import Testing

/// The command's `--user` and `--password-file`.
@Suite(.fewAtATime, .needsMemcached, .needsSASL) struct CommandAuthenticationTests {
    private func withServer(
        _ mechanisms: [String] = ["PLAIN", "SCRAM-SHA-256"],
        _ body: (MemcachedProcess, _ passwordFile: (String) throws -> String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "passwords-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await SASLDatabase.withDatabase(mechanisms: mechanisms) { database in
            try await MemcachedProcess.withMemcached(["-S"], environment: database.environment) { server in
                try await body(server) { text in
                    let file = folder.appending(path: UUID().uuidString)
                    try Data(text.utf8).write(to: file)
                    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
                    return file.path
                }
            }
        }
    }

    private func options(_ server: MemcachedProcess, _ file: String, user: String = SASLDatabase.user) -> [String] {
        ["--server", server.address, "--user", user, "--password-file", file]
    }

    @Test func `a user with the right password is served`() async throws {
        try await withServer { server, file in
            for text in ["secret", "secret\n", "secret\r\n", "secret\nmore\n"] {
                let options = options(server, try file(text))
                #expect(try await memcachedDict(["set", "k", "\"v\""] + options).output.hasPrefix("stored k"))
                #expect(try await memcachedDict(["get", "k"] + options).output == "\"v\"\n")
                #expect(try await memcachedDict(["ping"] + options).status == 0)
            }
            let plain = options(server, try file("secret")) + ["--mechanism", "PLAIN"]
            #expect(
                try await memcachedDict(["set", "k", "-1", "--allow-plain-text"] + plain).output.hasPrefix("stored k")
            )
            #expect(try await memcachedDict(["get", "k"] + plain).output == "-1\n")
        }
    }

    @Test func `a password file that others may read is taken with a warning`() async throws {
        try await withServer { server, file in
            let path = try file("secret")
            for (mode, isOpen) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o622, true)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                let run = try await memcachedDict(["ping"] + options(server, path))
                #expect(run.status == 0)
                #expect(run.complaint.contains("chmod 600") == isOpen, "\(run.complaint)")
                #expect(run.complaint.contains(path) == isOpen)
                #expect(!run.complaint.contains("secret"))
            }
            // Nobody can close these.
            let piped = try await shell(
                #"printf secret | "$0" ping "$@" --password-file /dev/stdin"#,
                "--server",
                server.address,
                "--user",
                SASLDatabase.user
            )
            #expect(piped.status == 0)
            #expect(piped.complaint.isEmpty, "\(piped.complaint)")
        }
    }

    @Test func `the password may come first in standard input, and the value behind it`() async throws {
        try await withServer { server, _ in
            let options = options(server, "-")
            let input = "secret\n{\"name\":\"Ada\"}\n"
            let stored = try await memcachedDict(["set", "k", "-"] + options, input: Array(input.utf8))
            #expect(stored.output.hasPrefix("stored k"), "\(stored.complaint)")
            let run = try await memcachedDict(["get", "k"] + options, input: Array("secret".utf8))
            #expect(try run.member("name") == "Ada")
        }
    }

    @Test func `a wrong user or password ends with 77, and shows no password`() async throws {
        try await withServer { server, file in
            for (user, password) in [("testuser", "swordfish"), ("nobody", "secret")] {
                let run = try await memcachedDict(["get", "k"] + options(server, try file(password), user: user))
                #expect((run.status, run.output) == (77, ""))
                #expect(run.complaint.contains("refused the user '\(user)'"), "\(run.complaint)")
                #expect(!run.complaint.contains(password))
            }
            let without = try await memcachedDict(["get", "k", "--server", server.address])
            #expect(without.status == 77)
            #expect(without.complaint.contains("--user"))
            let other = options(server, try file("secret")) + ["--mechanism", "CRAM-MD5"]
            let run = try await memcachedDict(["get", "k"] + other)
            #expect(run.status == 77)
            #expect(run.complaint.contains("CRAM-MD5") && run.complaint.contains("PLAIN"), "\(run.complaint)")
        }
    }

    @Test func `a server without SASL ends with 77`() async throws {
        try await MemcachedProcess.withMemcached { server in
            let run = try await memcachedDict(["set", "k", "1"] + options(server, "-"), input: Array("secret\n".utf8))
            #expect(run.status == 77)
            #expect(run.complaint.contains("no SASL"), "\(run.complaint)")
        }
    }

    @Test func `a password that can't be read is refused before anything is connected`() async throws {
        try await withServer { server, file in
            let long = String(repeating: "x", count: 5000)
            for (path, words) in [
                ("/nowhere/password", "can't be read"), ("/", "can't be read"), (try file(""), "is empty"),
                (try file("\nsecret"), "is empty"), (try file(long), "longer than"),
                (try file("sec\tret"), "control character"),
            ] {
                let run = try await memcachedDict(["get", "k"] + options(server, path))
                #expect([64, 65].contains(run.status), "\(run.status)")
                #expect(run.complaint.contains(words), "\(run.complaint)")
                #expect(!run.complaint.contains("sec\tret"))
            }
        }
    }

    @Test(
        arguments: [
            ["--user", "ada"], ["--password-file", "/dev/null"], ["--mechanism", "PLAIN"], ["--allow-plain-text"],
            ["--user", "ada", "--password-file", "/dev/null", "--mechanism", "LOGIN"],
        ]
    )
    func `options that don't belong together are wrong usage`(options: [String]) async throws {
        #expect(try await memcachedDict(["get", "k"] + options).status == 64)
    }

    @Test func `commands that connect to nothing ask for no password`() async throws {
        let options = ["--user", "ada", "--password-file", "/nowhere/password"]
        #expect(try await memcachedDict(["locate", "k"] + options).status == 0)
        #expect(try await memcachedDict(["demo"] + options).status == 0)
    }
}
