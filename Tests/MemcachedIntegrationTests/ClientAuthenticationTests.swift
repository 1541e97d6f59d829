import Memcached
import NIOCore
import TestSupport
import Testing

/// Real memcached with SASL.
@Suite(.fewAtATime, .needsMemcached, .needsSASL) struct ClientAuthenticationTests {
    private static let everyMechanism = SASLCredentials.Mechanism.allCases.map(\.rawValue)

    private func withServer(
        _ mechanisms: [String] = everyMechanism,
        password: String = SASLDatabase.password,
        unixSocket: Bool = false,
        _ body: (MemcachedProcess) async throws -> Void
    ) async throws {
        try await SASLDatabase.withDatabase(mechanisms: mechanisms, password: password) { database in
            try await MemcachedProcess.withMemcached(
                ["-S"],
                unixSocket: unixSocket,
                environment: database.environment,
                body: body
            )
        }
    }

    private func withClient(
        of server: MemcachedProcess,
        user: String = SASLDatabase.user,
        password: String = SASLDatabase.password,
        mechanism: SASLCredentials.Mechanism? = nil,
        _ body: (MemcachedClient) async throws -> Void
    ) async throws {
        var credentials = SASLCredentials(user: user, password: password)
        credentials.mechanism = mechanism
        try await MemcachedIntegrationTests.withClient(of: [server.address]) {
            $0.connection.credentials = credentials
        } _: {
            try await body($0)
        }
    }

    @Test(arguments: SASLCredentials.Mechanism.allCases)
    func `each mechanism lets the right password in, and no other user or password`(
        mechanism: SASLCredentials.Mechanism
    ) async throws {
        try await withServer { server in
            try await withClient(of: server, mechanism: mechanism) { client in
                try await client.set("key", to: bytes("value"))
                #expect(try await client.get("key")?.value == bytes("value"))
                let version = try #require(try await client.get("key")).version
                let swap = try await client.compareAndSwap("key", to: bytes("new"), expecting: version)
                guard case .stored = swap else {
                    Issue.record("\(swap)")
                    return
                }
            }
            for (user, password) in [("nobody", SASLDatabase.password), (SASLDatabase.user, "wrong")] {
                try await withClient(of: server, user: user, password: password, mechanism: mechanism) { client in
                    let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                    #expect(error?.code == .authenticationFailed)
                    #expect(error?.message.contains("refused the user '\(user)'") == true)
                    #expect(error.map { "\($0)" }?.contains(password) == false)
                    #expect(await code { try await client.set("key", to: bytes("x")) } == .authenticationFailed)
                }
            }
        }
    }

    /// How often the server has refused somebody.
    private func refusals(_ client: MemcachedClient) async throws -> Int {
        let statistics = try #require(await client.stats().values.first).get()
        return try #require(statistics["auth_errors"].flatMap { Int($0) })
    }

    @Test func `a client to which a wrong password is given goes on with the right one's connections`() async throws {
        try await withServer { server in
            try await withClient(of: server) { client in
                try await client.set("key", to: bytes("value"))
                var configuration = client.configuration
                configuration.connection.credentials = SASLCredentials(user: SASLDatabase.user, password: "wrong")
                try client.apply(configuration)
                while try await self.refusals(client) < 3 {
                    #expect(try await client.get("key")?.value == bytes("value"))
                }
                configuration.connection.credentials = SASLCredentials(
                    user: SASLDatabase.user,
                    password: SASLDatabase.password
                )
                configuration.connectionsPerServer = 2
                try client.apply(configuration)
                for number in 0..<100 { try await client.set("key-\(number)", to: bytes("value")) }
                #expect(try await client.get("key")?.value == bytes("value"))
            }
        }
    }

    @Test(arguments: SASLCredentials.Mechanism.allCases)
    func `a password beyond ASCII works, as it was given`(mechanism: SASLCredentials.Mechanism) async throws {
        // The ligature, and the accent on its own, would change if they were normalized.
        let password = "p\u{E4}ssw\u{FB01}rd e\u{301} \u{20AC},=\u{1F511}"
        try await withServer(password: password) { server in
            try await withClient(of: server, password: password, mechanism: mechanism) { client in
                try await client.set("key", to: bytes("value"))
            }
        }
    }

    @Test(arguments: SASLCredentials.Mechanism.allCases)
    func `what a server offers alone is found`(mechanism: SASLCredentials.Mechanism) async throws {
        try await withServer([mechanism.rawValue]) { server in
            try await withClient(of: server) { try await $0.set("key", to: bytes("value")) }
        }
    }

    #if TLS
    @Test(arguments: [nil, SASLCredentials.Mechanism.plain])
    func `a server may want TLS and authentication`(mechanism: SASLCredentials.Mechanism?) async throws {
        try await SASLDatabase.withDatabase(mechanisms: Self.everyMechanism) { database in
            try await TLSFixtures.withServer(arguments: ["-S"], environment: database.environment) { server in
                for password in [SASLDatabase.password, "wrong"] {
                    var credentials = SASLCredentials(user: SASLDatabase.user, password: password)
                    credentials.mechanism = mechanism
                    try await TLSFixtures.withClient(of: server.address) {
                        $0.connection.credentials = credentials
                    } _: { client in
                        guard password == SASLDatabase.password else {
                            #expect(await code { try await client.get("key") } == .authenticationFailed)
                            return
                        }
                        try await client.set("key", to: bytes("value"))
                        #expect(try await client.get("key")?.value == bytes("value"))
                    }
                }
            }
        }
    }
    #endif

    @Test func `on a Unix socket PLAIN is private`() async throws {
        try await withServer(["PLAIN"], unixSocket: true) { server in
            try await withClient(of: server) { try await $0.set("key", to: bytes("value")) }
        }
    }

    @Test func `a fixed mechanism that the server doesn't offer is an error that names both`() async throws {
        try await withServer(["PLAIN", "CRAM-MD5"]) { server in
            try await withClient(of: server, mechanism: .scramSHA512) { client in
                let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                #expect(error?.code == .authenticationFailed)
                #expect(error?.message.contains("SCRAM-SHA-512") == true && error?.message.contains("PLAIN") == true)
            }
        }
    }

    @Test func `a server without SASL gets nothing from a client with credentials`() async throws {
        try await MemcachedProcess.withMemcached { server in
            try await withClient(of: server) { client in
                let error = await #expect(throws: MemcachedError.self) {
                    try await client.set("key", to: bytes("value"))
                }
                #expect(error?.code == .authenticationFailed)
                #expect(error?.message.contains("no SASL authentication") == true)
            }
            try await MemcachedIntegrationTests.withClient(of: [server.address]) { client in
                let item = try await client.get("key")
                #expect(item == nil)
            }
        }
    }

    @Test func `a server that speaks text only is an error, not a hang`() async throws {
        try await MemcachedProcess.withMemcached(["-B", "ascii"]) { server in
            var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(server.address)])
            configuration.connection.connectTimeout = .seconds(2)
            configuration.timeout = .seconds(20)
            configuration.connection.credentials = SASLCredentials(user: "ada", password: "secret")
            try await withMemcachedClient(configuration: configuration) { client in
                let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                #expect([.connectionFailed, .protocolViolation].contains(error?.code), "\(String(describing: error))")
                #expect(error?.message.contains("-B ascii") == true)
            }
        }
    }

    @Test(arguments: [nil, SASLCredentials.Mechanism.scramSHA256, .plain])
    func `after a restart the connection authenticates again`(mechanism: SASLCredentials.Mechanism?) async throws {
        try await withServer { server in
            try await withClient(of: server, mechanism: mechanism) { client in
                for round in 0..<3 {
                    #expect(try await client.untilReachable("key") == nil)
                    try await client.set("key", to: bytes("\(round)"))
                    #expect(try await client.get("key")?.value == bytes("\(round)"))
                    try await server.restart()
                }
                #expect(try await client.untilReachable("key") == nil)
            }
        }
    }

    @Test func `many connections authenticate side by side`() async throws {
        try await withServer { server in
            try await MemcachedIntegrationTests.withClient(of: [server.address]) {
                $0.connection.credentials = SASLCredentials(user: SASLDatabase.user, password: SASLDatabase.password)
                $0.connectionsPerServer = 32
            } _: { client in
                for number in 0..<200 { try await client.set("\(number)", to: bytes("\(number)")) }
                let items = await client.getMany((0..<200).map(String.init))
                #expect(try items.allSatisfy { try $0.value.get()?.value == bytes($0.key) })
            }
        }
    }
}
