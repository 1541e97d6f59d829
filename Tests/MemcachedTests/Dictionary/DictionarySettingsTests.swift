import Memcached
import MemcachedTesting
import TestSupport
import Testing

/// What is configured for dictionaries, on a server.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionarySettingsTests {
    private static let long = String(repeating: "long ", count: 400)

    private func withClient(
        _ defaults: DictionarySettings = DictionarySettings(),
        _ own: [String: DictionarySettings] = [:],
        _ body: (MemcachedClient, MemcachedTestServer) async throws -> Void
    ) async throws {
        try await withMemcachedTestServer { server in
            var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(server.address)])
            configuration.timeout = .seconds(60)
            configuration.dictionaryDefaults = defaults
            configuration.dictionaries = own
            try await withMemcachedClient(configuration: configuration) { try await body($0, server) }
        }
    }

    private func change(_ client: MemcachedClient, _ body: (inout MemcachedClient.Configuration) -> Void) throws {
        var configuration = client.configuration
        body(&configuration)
        try client.apply(configuration)
    }

    @Test func `each place's expiration is the item's, the call's first`() async throws {
        try await withClient(
            DictionarySettings(expiration: .after(.seconds(10))),
            ["own": DictionarySettings(expiration: .after(.seconds(20)))]
        ) { client, server in
            func lifetime(_ prefix: String, code: Expiration? = nil, call: Expiration? = nil) async throws -> Duration?
            {
                let dictionary = MemcachedDict<String>(
                    client,
                    keyPrefix: KeyPrefix(prefix),
                    codec: .text(),
                    expiration: code
                )
                try await dictionary.store("value", forKey: "k", expiration: call)
                return try #require(server.item(forKey: prefix + ":k")).remainingLifetime
            }
            #expect(try await lifetime("other") == .seconds(10))
            #expect(try await lifetime("other", code: .after(.seconds(30))) == .seconds(30))
            #expect(try await lifetime("other", code: .never) == nil)
            #expect(try await lifetime("own", code: .after(.seconds(30))) == .seconds(20))
            #expect(try await lifetime("own", call: .after(.seconds(40))) == .seconds(40))
            #expect(try await lifetime("own", call: .never) == nil)
            try change(client) { $0.dictionaries["own"]?.expiration = .never }
            #expect(try await lifetime("own", code: .after(.seconds(30))) == nil)
        }
    }

    @Test func `values are compressed as configured, and readable whatever is`() async throws {
        try await withClient { client, server in
            let plain = MemcachedDict<String>(client, keyPrefix: "p", codec: .json())
            let compressed = MemcachedDict<String>(client, keyPrefix: "p", codec: .json().compressed(above: 100))
            func size(_ dictionary: MemcachedDict<String>) async throws -> Int {
                try await dictionary.store(Self.long, forKey: "k")
                // Both read it, under each setting that there may be.
                let now = client.configuration.dictionaries
                let settings: [DictionarySettings.Compression?] = [nil, .never, .above(0), .above(100_000)]
                for compression in settings {
                    try change(client) { $0.dictionaries["p"] = DictionarySettings(compression: compression) }
                    #expect(try await plain["k"] == Self.long)
                    #expect(try await compressed["k"] == Self.long)
                    #expect(try await plain.values(forKeys: ["k"]) == ["k": Self.long])
                }
                try change(client) { $0.dictionaries = now }
                return try #require(server.item(forKey: "p:k")).value.count
            }
            #expect(try await size(plain) > 2_000)
            #expect(try await size(compressed) < 200)
            try change(client) { $0.dictionaryDefaults.compression = .above(1_000) }
            #expect(try await size(plain) < 200)
            #expect(try await size(compressed) < 200)
            // For all dictionaries less than the codec in code, for this one more.
            try change(client) { $0.dictionaryDefaults.compression = .never }
            #expect(try await size(compressed) < 200)
            try change(client) { $0.dictionaries["p"] = DictionarySettings(compression: .never) }
            #expect(try await size(compressed) > 2_000)
            try change(client) { $0.dictionaries["p"]?.compression = .above(10_000) }
            #expect(try await size(plain) > 2_000)
            #expect(try await size(compressed) > 2_000)
        }
    }

    @Test func `what the flags can't tell of is not compressed because of a setting`() async throws {
        try await withClient(DictionarySettings(compression: .above(0))) { client, server in
            let raw = MemcachedDict<String>(client, keyPrefix: "p", codec: .text(), flags: .raw)
            try await raw.store(Self.long, forKey: "k")
            try await raw.store(["m": Self.long])
            #expect(server.item(forKey: "p:k")?.value.count == Self.long.utf8.count)
            #expect(try await raw.values(forKeys: ["k", "m"]) == ["k": Self.long, "m": Self.long])
            // A codec that compresses by itself was asked for in code.
            let compressing = MemcachedDict<String>(
                client,
                keyPrefix: "p",
                codec: .text().compressed(above: 1_000),
                flags: .raw
            )
            let error = await #expect(throws: MemcachedError.self) {
                try await compressing.store(Self.long, forKey: "k")
            }
            #expect(error?.code == .unencodable)
            try await compressing.store(String(repeating: "x", count: 900), forKey: "k")
            #expect(server.item(forKey: "p:k")?.value.count == 900)
        }
    }

    @Test func `a codec of the user's own that doesn't inflate reads what another setting has compressed`() async throws
    {
        struct Upper: ValueCodec {
            private let text: any ValueCodec<String> = .text()
            var name: String { "upper" }
            func encode(_ value: String) throws -> EncodedValue { try text.encode(value.uppercased()) }
            func decode(_ encoded: EncodedValue) throws -> String {
                #expect(encoded.compression == .none)
                return try text.decode(encoded)
            }
        }
        try await withClient(DictionarySettings(compression: .above(0))) { client, _ in
            let dictionary = MemcachedDict<String>(client, keyPrefix: "p", codec: Upper())
            try await dictionary.store(Self.long, forKey: "k")
            try change(client) { $0.dictionaryDefaults.compression = nil }
            #expect(try await dictionary["k"] == Self.long.uppercased())
        }
    }

    @Test func `keys are as long as configured, and refused or hashed beyond`() async throws {
        try await withClient(DictionarySettings(longestKey: 10)) { client, server in
            let refusing = MemcachedDict<String>(client, keyPrefix: "p", codec: .text())
            try await refusing.store("v", forKey: "12345678")
            for body: () async throws -> Void in [
                { try await refusing.store("v", forKey: "123456789") }, { _ = try await refusing["123456789"] },
                { _ = try await refusing.values(forKeys: ["123456789"]) },
            ] {
                let error = await #expect(throws: MemcachedError.self) { try await body() }
                #expect(error?.code == .invalidKey)
                #expect(error?.message.contains("11 bytes with its prefix") == true, "\(error?.message ?? "")")
                #expect(error?.key == "p:123456789")
            }
            let hashing = MemcachedDict<String>(client, keyPrefix: "h", codec: .text(), longKeys: .hash)
            try await hashing.store("v", forKey: "123456789")
            #expect(try await hashing["123456789"] == "v")
            #expect(server.item(forKey: "h:123456789") == nil)
            let own = MemcachedDict<String>(client, keyPrefix: "p", codec: .text(), longestKey: 11)
            try await own.store("v", forKey: "123456789")
            try change(client) { $0.dictionaryDefaults.longestKey = nil }
            #expect(try await refusing["123456789"] == "v")
            let error = await #expect(throws: MemcachedError.self) {
                try await refusing[String(repeating: "k", count: 249)]
            }
            #expect(error?.code == .invalidKey)
        }
    }

    @Test func `a value that is larger than configured is refused before it is sent, as it would be stored`()
        async throws
    {
        try await withClient(DictionarySettings(largestValue: 100)) { client, server in
            let plain = MemcachedDict<String>(client, keyPrefix: "p", codec: .text())
            try await plain.store("old", forKey: "k")
            let version = try #require(try await plain.entry(forKey: "k")).version
            for body: () async throws -> Void in [
                { try await plain.store(Self.long, forKey: "k") },
                { _ = try await plain.add(Self.long, forKey: "new") },
                { try await plain.store(["k": Self.long]) }, { try await plain.update(forKey: "k") { $0 = Self.long } },
                { _ = try await plain.store(MemcachedEntry(key: "k", value: Self.long, version: version)) },
            ] {
                let error = await #expect(throws: MemcachedError.self) { try await body() }
                #expect(error?.code == .valueTooLarge)
                #expect(
                    error?.message.contains("takes at most 100. Nothing was sent") == true,
                    "\(error?.message ?? "")"
                )
            }
            #expect(try await plain.entry(forKey: "k")?.version == version)
            try await plain.store(String(repeating: "x", count: 100), forKey: "k")
            try change(client) { $0.dictionaryDefaults.compression = .above(100) }
            try await plain.store(Self.long, forKey: "k")
            #expect(try #require(server.item(forKey: "p:k")).value.count <= 100)
            let own = MemcachedDict<String>(client, keyPrefix: "q", codec: .text(), largestValue: 2)
            await #expect(throws: MemcachedError.self) { try await own.store("abc", forKey: "k") }
        }
    }

    @Test func `redaction that is switched on holds for the dictionaries that there are`() async throws {
        try await withClient(DictionarySettings(longestKey: 4)) { client, _ in
            let dictionary = MemcachedDict<String>(client, keyPrefix: "p", codec: .text())
            for isRedacted in [false, true, false] {
                try change(client) { $0.redactsKeysAndValues = isRedacted }
                let error = await #expect(throws: MemcachedError.self) { try await dictionary["secret"] }
                #expect(error?.key == (isRedacted ? nil : "p:secret"))
            }
        }
    }
}
