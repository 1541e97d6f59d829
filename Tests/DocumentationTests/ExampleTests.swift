import Memcached
import MemcachedTesting
import TestSupport
import Testing

/// The Swift code of the README, of the DocC catalogs and of documentation comments.
@Suite(.fewAtATime) struct ExampleTests {
    @Test(arguments: try ExampleSource.all())
    func `each example is compiled as it stands`(source: ExampleSource) throws {
        let compiled = try ExampleSource.compiledCode()
        for example in source.examples {
            let isCompiled = compiled.contains(example)
            #expect(isCompiled, "not in a file of DocumentationTests:\n\(example)")
        }
    }

    @Test func `examples are found in every kind of text`() throws {
        let sources = try ExampleSource.all()
        func count(_ suffix: String) -> Int {
            sources.filter { $0.path.hasSuffix(suffix) }.map(\.examples.count).reduce(0, +)
        }
        #expect(count("README.md") >= 2)
        #expect(count("/GettingStarted.md") >= 4)
        #expect(count("/Versions.md") >= 6)
        #expect(count("/CodingValues.md") >= 4)
        #expect(count("/TestingACache.md") >= 3)
        #expect(count("/Memcached.md") >= 1)
        #expect(count("/MemcachedTesting.md") >= 1)
        #expect(count(".swift") >= 8)
    }

    @Test func `the README's examples do what they say`() async throws {
        try await withMemcachedTestServer { server in
            try await twoMinutes(servers: [server.address])
            try await serve(servers: [MemcachedServer(server.address)])
            try await withMemcachedClient(servers: [server.address]) { client in
                let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json())
                #expect(try await profiles["ada"]?.visits == 1)
                try await changing(profiles)
                try await counting(profiles)
                try await racing(profiles)
                #expect(try await profiles["ada"]?.visits == 4)
                #expect(try await profiles["grace"]?.visits == 1)
            }
        }
    }

    @Test func `the documentation's examples do what they say`() async throws {
        #expect(try await greetingsExpire())
        try await sessionsExpire(Session(user: "ada"))
        try await cacheIsWarm()
        try await smallServer()
        let servers = [MemcachedServer(.host("cache-1"))]
        _ = try authenticated(servers: servers, password: "secret")
        #expect(credentials(servers: servers, password: "secret").connection.credentials?.user == "ada")
        #expect(scramOnly(password: "secret").mechanism == .scramSHA256)
        try await lostReply()
        try await withMemcachedTestServer { server in
            try await withMemcachedClient(servers: [server.address]) { client in
                try await executor(client)
                try await dictionary(client)
                try await codecs(client)
                try await countingOnTheServer(client)
                try await conventions(client)
                let profiles = MemcachedDict<Profile>(
                    client,
                    keyPrefix: "profiles",
                    codec: .json().compressed(above: 1_024)
                )
                try await updating(profiles)
                #expect(try await profiles["ada"]?.visits == 1)
                await batches(profiles)
                let pages = MemcachedDict<String>(client, keyPrefix: "pages", codec: .text())
                try await readingThrough(pages)
                #expect(try await pages["home"] == "<h1>home</h1>")
                let points = MemcachedDict<Point>(client, keyPrefix: "points", codec: PointCodec())
                try await points.store(Point(x: 7), forKey: "p")
                #expect(try await points["p"]?.x == 7)
            }
        }
    }
}
