import Foundation
import Memcached
import MemcachedDoctor
import MemcachedTesting
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// memcached-dict doctor on real servers that have what it should find.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct DoctorTests {
    /// What is found in each real server, since it is older than 1.6.45 and has just started.
    private static let usual = ["warning version", "notice uptime"]

    /// Runs the command, and returns its status and each finding as in `critical protocol`.
    private func doctor(_ servers: [String], _ options: [String] = []) async throws -> (
        status: Int32, findings: [String]
    ) {
        let run = try await memcachedDict(["doctor", "--json"] + servers.flatMap { ["--server", $0] } + options)
        let objects = try run.lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects.count == servers.count + 1)
        let findings = objects.flatMap { $0["findings"] as? [[String: Any]] ?? [] }
        for finding in findings {
            for name in ["title", "meaning", "advice"] { #expect((finding[name] as? String)?.isEmpty == false) }
        }
        return (run.status, findings.map { "\($0["severity"] ?? "") \($0["check"] ?? "")" })
    }

    @Test(
        arguments: [
            (["-C"], ["warning versions"], 5), (["-F"], ["notice flush"], 5),
            (["-I", "1k", "-o", "slab_chunk_max=512"], ["warning item-size"], 5),
            (["-B", "ascii"], ["critical protocol"], 6),
        ] as [([String], [String], Int32)]
    )
    func `what a server was started with is found`(arguments: [String], findings: [String], status: Int32) async throws
    {
        try await MemcachedProcess.withMemcached(arguments) { server in
            let diagnosis = try await doctor([server.address])
            #expect(diagnosis.status == status)
            #expect(Set(findings).isSubset(of: diagnosis.findings))
            #expect(Set(diagnosis.findings).subtracting(findings).isSubset(of: Self.usual))
        }
    }

    @Test func `a file of passwords is told from a port for text`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "passwords-\(UUID().uuidString)")
        try Data("ada:secret\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        try await MemcachedProcess.withMemcached(["-Y", file.path]) { server in
            let run = try await memcachedDict(["doctor", "--server", server.address])
            #expect(run.status == 6)
            #expect(run.output.contains("authenticated users only (-Y)"), "\(run.output)")
        }
    }

    @Test(.needsSASL) func `a server that wants authentication is found, and with it all is well`() async throws {
        try await SASLDatabase.withDatabase { database in
            try await MemcachedProcess.withMemcached(["-S"], environment: database.environment) { server in
                #expect(try await doctor([server.address]) == (6, ["critical authentication"]))
                let file = FileManager.default.temporaryDirectory.appending(path: "password-\(UUID().uuidString)")
                defer { try? FileManager.default.removeItem(at: file) }
                for (password, findings) in [("secret", Self.usual), ("wrong", ["critical authentication"])] {
                    try Data(password.utf8).write(to: file)
                    let options = ["--user", SASLDatabase.user, "--password-file", file.path]
                    #expect(try await doctor([server.address], options).findings == findings)
                }
            }
        }
    }

    @Test func `a server without a free connection is found`() async throws {
        try await MemcachedProcess.withMemcached(["-c", "20", "-t", "1"]) { server in
            let client = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            var channels: [any Channel] = []
            for _ in 0..<30 { channels.append(try await client.connect(to: server.socketAddress).get()) }
            #expect(try await doctor(ofFull: server) == (6, ["critical connections"]))
            for channel in channels { try? await channel.close() }
        }
    }

    /// What a full server says is sometimes overtaken by its reset, and then it is one that can't be reached.
    private func doctor(ofFull server: MemcachedProcess) async throws -> (status: Int32, findings: [String]) {
        for _ in 0..<20 {
            let examined = try await doctor([server.address])
            if examined.findings != ["critical reachability"] { return examined }
        }
        return try await doctor([server.address])
    }

    @Test(arguments: [1, 4]) func `a server with its last connections in use is found`(threads: Int) async throws {
        try await MemcachedProcess.withMemcached(["-c", "40", "-t", "\(threads)"]) { server in
            let client = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            var channels: [any Channel] = []
            let usable = 40 - 1 - 7 - 4 * threads
            // Until it is full, which is earlier where it has inherited descriptors.
            while true {
                channels.append(try await client.connect(to: server.socketAddress).get())
                guard channels.count > usable - 5 else { continue }
                let isNearlyFull = channels.count + 1 >= usable - usable / 10
                var findings = try await doctor(ofFull: server).findings
                // The server may still count the doctor before as connected.
                for _ in 0..<20 where findings.contains("warning connections") && !isNearlyFull {
                    findings = try await doctor(ofFull: server).findings
                }
                if findings.contains("critical connections") { break }
                #expect(findings.contains("warning connections") == isNearlyFull)
                try #require(channels.count <= usable)
            }
            for channel in channels { try? await channel.close() }
        }
    }

    @Test(arguments: [-3_600.0, 3_600]) func `a clock that is off is found`(seconds: Double) async throws {
        try await MemcachedProcess.withMemcached { server in
            let configuration = ClientConfiguration(servers: [try MemcachedServer(server.address)])
            let examination = Examination(configuration) { Date().timeIntervalSince1970 - seconds }
            let diagnosis = try await examination.diagnosis()
            let finding = try #require(diagnosis.all.first { $0.check == .clock })
            #expect(finding.severity == .warning)
            #expect(finding.title.contains(seconds > 0 ? "ahead of" : "behind"))
            let right = try await Examination(configuration) { Date().timeIntervalSince1970 }.diagnosis()
            #expect(!right.all.contains { $0.check == .clock })
        }
    }

    @Test(.needsFakeTime, arguments: [-3_600, 3_600])
    func `a server whose clock is off is found by the command`(seconds: Int) async throws {
        let environment = try FakeTime.environment(seconds: seconds)
        try await MemcachedProcess.withMemcached(environment: environment) { server in
            let run = try await memcachedDict(["doctor", "--server", server.address])
            #expect(run.status == 5)
            let title = /warning: Its clock is (\d+) s (ahead of|behind) this machine's/
            let finding = try #require(run.output.firstMatch(of: title), "\(run.output)")
            #expect((3_590...3_610).contains(Int(finding.output.1) ?? 0))
            #expect(finding.output.2 == (seconds > 0 ? "ahead of" : "behind"))
        }
    }

    @Test func `memory that is short is found`() async throws {
        for (arguments, words) in [(["-m", "2"], "were evicted"), (["-m", "2", "-M"], "evicts nothing (-M)")] {
            try await MemcachedProcess.withMemcached(arguments) { server in
                try await withClient(of: [server.address]) { client in
                    let value = ByteBuffer(repeating: 0, count: 100_000)
                    for number in 0..<100 { _ = try? await client.set("\(number)", to: value) }
                }
                let run = try await memcachedDict(["doctor", "--server", server.address])
                #expect(run.status == 5)
                #expect(run.output.contains(words), "\(run.output)")
            }
        }
    }

    @Test func `two names of one server are found, and two servers are none`() async throws {
        try await MemcachedProcess.withMemcached { server in
            let names = [server.address, "localhost:\(server.port)"]
            #expect(try await doctor(names) == (5, Self.usual + Self.usual + ["warning identity"]))
            try await MemcachedProcess.withMemcached { (other) async throws in
                #expect(try await doctor([server.address, other.address]).findings == Self.usual + Self.usual)
            }
        }
    }

    @Test func `servers that differ are found`() async throws {
        try await MemcachedProcess.withMemcached { one in
            try await MemcachedProcess.withMemcached(["-I", "2m"]) { (other) async throws in
                let findings = try await doctor([one.address, other.address]).findings
                #expect(findings == Self.usual + Self.usual + ["notice agreement"])
            }
        }
    }

    @Test func `an old version's defects are found, and nothing in a new one`() async throws {
        for (version, status) in [("1.4.25", 5), ("1.6.45", 0)] as [(String, Int32)] {
            var configuration = MemcachedTestServer.Configuration()
            configuration.version = version
            configuration.clock = .wall
            try await withMemcachedTestServer(configuration) { server in
                let diagnosis = try await doctor(["\(server.address)"])
                #expect(diagnosis.status == status, "\(diagnosis.findings)")
                #expect(diagnosis.findings.contains("warning version") == (status == 5))
            }
        }
    }

    @Test func `nobody there, and somebody who is stopped`() async throws {
        try await MemcachedProcess.withMemcached { server in
            try server.stop()
            #expect(try await doctor([server.address], ["--timeout", "0.5"]) == (6, ["critical reachability"]))
            let run = try await memcachedDict(["doctor", "--server", server.address, "--timeout", "1"])
            #expect(run.output.contains("It doesn't answer in time"), "\(run.output)")
            #expect(run.output.contains("took the connection but didn't answer the handshake in time"))
            try server.resume()
            await server.kill()
            #expect(try await doctor([server.address]) == (6, ["critical reachability"]))
        }
    }

    #if Configuration
    @Test func `what is found doesn't depend on what errors may show`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "config-\(UUID().uuidString).json")
        try Data(#"{"redactsKeysAndValues": true}"#.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await MemcachedProcess.withMemcached(["-B", "ascii"]) { server in
            let run = try await memcachedDict(["doctor", "--server", server.address, "--config", file.path])
            #expect(run.output.contains("It takes text only (-B ascii)"), "\(run.output)")
        }
    }
    #endif

    #if TLS
    @Test func `a server that speaks TLS is found, and what is wrong with a certificate`() async throws {
        try await TLSFixtures.withServer { (server) async throws in
            let run = try await memcachedDict(["doctor", "--server", server.address])
            #expect(run.status == 6 && run.output.contains("It speaks TLS (-Z)"), "\(run.output)")
            #expect(try await doctor([server.address], ["--tls"]) == (6, ["critical encryption"]))
            let trusting = ["--tls-ca", TLSFixtures.path("root.pem")]
            #expect(try await doctor([server.address], trusting).findings == Self.usual)
        }
    }
    #endif
}
