// The examples of the DocC catalogs and of documentation comments, as they stand there; ExampleTests compares them.

import Memcached
import MemcachedTesting
import NIOCore
import Testing

struct Session: Codable, Sendable {
    var user: String
}

struct Point: Sendable {
    var x: Int64
}

func render() async throws -> String { try await render("home") }

func render(_ page: String) async throws -> String { "<h1>\(page)</h1>" }

func warmCache(servers: [String]) async throws {
    try await withMemcachedClient(servers: servers) { client in
        try await MemcachedDict<Int>(client, keyPrefix: "numbers", codec: .integer()).store(["a": 1, "b": 2, "c": 3])
    }
}

// MARK: The catalogs

/// Compiled only: these servers are nowhere.
func catalog() async throws {
    try await withMemcachedClient(servers: ["cache-1:11211", "cache-2:11211"]) { client in
        let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json().compressed(above: 1_024))

        try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada", expiration: .after(.seconds(3600)))
        let ada = try await profiles["ada"]  // Profile?; nil is a miss, an outage throws
        print(ada?.name ?? "nobody")

        try await profiles.update(forKey: "ada") { $0.visits += 1 }
    }
}

#if TLS
/// Compiled only: these files are nowhere.
func encrypted() throws -> MemcachedClient.Configuration {
    let servers = [MemcachedServer(.host("cache-1.example")), MemcachedServer(.host("cache-2.example"))]
    var configuration = MemcachedClient.Configuration(servers: servers)
    configuration.connection.tls = try TLSOptions(trustRoots: .file("/etc/memcached/ca.pem"))
    return configuration
}

func withClientCertificate() throws -> TLSOptions {
    try TLSOptions(
        trustRoots: .file("/etc/memcached/ca.pem"),
        certificateChain: "/etc/memcached/client.pem",
        privateKey: "/etc/memcached/client.key"
    )
}
#endif

func redacting(_ configuration: inout MemcachedClient.Configuration) {
    configuration.redactsKeysAndValues = true
}

func greetingsExpire() async throws -> Bool {
    try await withMemcachedTestServer { server in
        try await withMemcachedClient(servers: [server.address]) { client in
            let greetings = MemcachedDict<String>(client, keyPrefix: "greetings", codec: .text())
            try await greetings.store("hello", forKey: "ada", expiration: .after(.seconds(60)))
            server.advanceTime(by: .seconds(61))
            return try await greetings["ada"] == nil
        }
    }
}

func authenticated(servers: [MemcachedServer], password: String) throws -> MemcachedClient {
    var configuration = MemcachedClient.Configuration(servers: servers)
    configuration.connection.credentials = SASLCredentials(user: "ada", password: password)
    return try MemcachedClient(configuration: configuration)
}

func scramOnly(password: String) -> SASLCredentials {
    var credentials = SASLCredentials(user: "ada", password: password)
    credentials.mechanism = .scramSHA256
    return credentials
}

// MARK: Memcached's comments

func credentials(servers: [MemcachedServer], password: String) -> MemcachedClient.Configuration {
    var configuration = MemcachedClient.Configuration(servers: servers)
    configuration.connection.credentials = SASLCredentials(user: "ada", password: password)
    return configuration
}

/// Compiled only: these servers are nowhere.
func client() async throws {
    try await withMemcachedClient(servers: ["cache-1:11211", "cache-2:11211"]) { client in
        let version = try await client.set("greeting", to: ByteBuffer(string: "hello"))
        let item = try await client.get("greeting")  // MemcachedItem?; nil is a miss
    }
    #if NEVER
    // What inactive code names, too, is no unused variable.
    _ = (version, item)
    #endif
}

func executor(_ client: MemcachedClient) async throws {
    let executor = try client.taskExecutor(for: "ada")
    let item = try await withTaskExecutorPreference(executor) { try await client.get("ada") }
    #expect(item == nil)
}

func dictionary(_ client: MemcachedClient) async throws {
    let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json().compressed(above: 1_024))
    try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada", expiration: .after(.seconds(3600)))
    let ada = try await profiles["ada"]  // Profile?; nil is a miss, an outage throws
    #expect(ada?.name == "Ada")
}

func updating(_ profiles: MemcachedDict<Profile>) async throws {
    try await profiles.update(forKey: "ada") { $0.visits += 1 }
}

func batches(_ profiles: MemcachedDict<Profile>) async {
    for (key, result) in await profiles.results(forKeys: ["ada", "grace"]) {
        switch result {
        case .success(let profile?): print(key, profile)
        case .success(nil): print(key, "isn't there")
        case .failure(let error): print(key, "isn't known:", error)
        }
    }
}

func readingThrough(_ pages: MemcachedDict<String>) async throws {
    let page = try await pages.value(forKey: "home") { try await render() }
    #expect(page == "<h1>home</h1>")
}

func codecs(_ client: MemcachedClient) async throws {
    let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json().compressed(above: 1_024))
    let counters = MemcachedDict<Int>(client, keyPrefix: "counters", codec: .integer())
    #expect(try await profiles["nobody"] == nil)
    #expect(try await counters["nothing"] == nil)
}

func countingOnTheServer(_ client: MemcachedClient) async throws {
    let counters = MemcachedDict<UInt64>(client, keyPrefix: "counters", codec: .integer())
    let visits = try await counters.increment(forKey: "visits", initial: 1)
    #expect(visits == 1)
}

struct PointCodec: ValueCodec {
    var name: String { "point" }

    func encode(_ value: Point) throws -> EncodedValue {
        EncodedValue(bytes: ByteBuffer(integer: value.x), format: .custom(0))
    }

    func decode(_ encoded: EncodedValue) throws -> Point {
        var bytes = try encoded.bytes(as: .custom(0), readBy: name)
        guard let x = bytes.readInteger(as: Int64.self) else {
            throw ValueCodecError(.corrupted, "no point in these bytes")
        }
        return Point(x: x)
    }
}

func conventions(_ client: MemcachedClient) async throws {
    let sessions = MemcachedDict<Session>(client, keyPrefix: "sessions", codec: .json(), flags: .phpMemcached)
    #expect(try await sessions["nobody"] == nil)
}

// MARK: MemcachedTesting's comments

func sessionsExpire(_ session: Session) async throws {
    try await withMemcachedTestServer { server in
        try await withMemcachedClient(servers: [server.address]) { client in
            let sessions = MemcachedDict<Session>(client, keyPrefix: "sessions", codec: .json())
            try await sessions.store(session, forKey: "ada", expiration: .after(.seconds(60)))
            server.advanceTime(by: .seconds(60))
            #expect(try await sessions["ada"] == nil)
        }
    }
}

func cacheIsWarm() async throws {
    try await withMemcachedTestServer { server in
        try await warmCache(servers: [server.address])
        #expect(server.itemCount == 3)
    }
}

func smallServer() async throws {
    var configuration = MemcachedTestServer.Configuration()
    configuration.itemSizeLimit = 64 << 10
    let server = try await MemcachedTestServer.start(configuration)
    await server.shutdown()
}
