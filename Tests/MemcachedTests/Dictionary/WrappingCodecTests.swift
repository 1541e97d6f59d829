import Memcached
import MemcachedTesting
import TestSupport
import Testing

/// A user's own codec around one that compresses: settings and limits hold for it, too.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct WrappingCodecTests {
    private typealias Compression = DictionarySettings.Compression

    private static let long = String(repeating: "long ", count: 400)

    private func withClient(_ body: (MemcachedClient, MemcachedTestServer) async throws -> Void) async throws {
        try await withMemcachedTestServer { server in
            var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(server.address)])
            configuration.timeout = .seconds(60)
            try await withMemcachedClient(configuration: configuration) { try await body($0, server) }
        }
    }

    private func set(
        _ client: MemcachedClient,
        all: Compression? = nil,
        own: Compression? = nil
    ) throws {
        var configuration = client.configuration
        configuration.dictionaryDefaults.compression = all
        configuration.dictionaries["p"] = own.map { DictionarySettings(compression: $0) }
        try client.apply(configuration)
    }

    @Test func `a codec tells whether it compresses by itself`() {
        let json: any ValueCodec<String> = .json()
        let compressed: any ValueCodec<String> = .json().compressed(above: 1_000)
        #expect(!json.compresses && compressed.compresses)
        #expect(!Wrapping(wrapped: compressed, tells: false).compresses)
    }

    @Test(arguments: [false, true])
    func `what is configured for the dictionary holds for it, and all settings read what any has stored`(
        tells: Bool
    ) async throws {
        try await withClient { client, server in
            let codec = Wrapping(wrapped: .text().compressed(above: 1_000), tells: tells)
            let dictionary = MemcachedDict<String>(client, keyPrefix: "p", codec: codec)
            let short = String(repeating: "x", count: 900)
            let cases: [(text: String, all: Compression?, own: Compression?, isCompressed: Bool)] = [
                (Self.long, nil, nil, true), (short, nil, nil, false),
                (Self.long, nil, .never, false), (Self.long, nil, .above(2_000), false),
                (Self.long, nil, .above(1_999), true), (short, nil, .above(800), true),
                // What is configured for all comes behind a codec that says that it compresses by itself.
                (short, .above(800), nil, !tells), (Self.long, .never, nil, tells),
            ]
            for (text, all, own, isCompressed) in cases {
                try set(client, all: all, own: own)
                try await dictionary.store(text, forKey: "k")
                let size = try #require(server.item(forKey: "p:k")).value.count
                #expect(isCompressed ? size < 200 : size == text.utf8.count, "\(size), \(all as Any), \(own as Any)")
                for reading in [nil, .never, .above(0), .above(100_000)] as [Compression?] {
                    try set(client, own: reading)
                    let read = try await dictionary["k"]
                    #expect(read == text)
                }
            }
        }
    }

    @Test func `a codec that says that it compresses inflates within its own limit`() async throws {
        try await withClient { client, _ in
            func dictionary(_ limit: Int) -> MemcachedDict<String> {
                let codec: any ValueCodec<String> = .text().compressed(above: 100, inflationLimit: limit)
                return MemcachedDict<String>(client, keyPrefix: "p", codec: Wrapping(wrapped: codec, tells: true))
            }
            try await dictionary(2_000).store(Self.long, forKey: "k")
            #expect(try await dictionary(2_000)["k"] == Self.long)
            let error = await #expect(throws: MemcachedError.self) { try await dictionary(1_999)["k"] }
            #expect(error?.code == .undecodable)
            #expect((error?.cause as? ValueCodecError)?.code == .tooLarge)
            let huge = String(repeating: "x", count: EncodedValue.defaultInflationLimit + 1)
            let larger = dictionary(2 * huge.utf8.count)
            try await larger.store(huge, forKey: "k")
            #expect(try await larger["k"]?.utf8.count == huge.utf8.count)
        }
    }

    @Test func `of one that doesn't say so no more is inflated than by default, nor stored`() async throws {
        try await withClient { client, server in
            let limit = EncodedValue.defaultInflationLimit
            let codec: any ValueCodec<String> = .text().compressed(above: 100, inflationLimit: 2 * limit)
            func dictionary(tells: Bool) -> MemcachedDict<String> {
                MemcachedDict<String>(client, keyPrefix: "p", codec: Wrapping(wrapped: codec, tells: tells))
            }
            let huge = String(repeating: "x", count: limit + 1)
            for own: Compression? in [nil, .never, .above(0)] {
                try set(client, own: own)
                let error = await #expect(throws: MemcachedError.self) {
                    try await dictionary(tells: false).store(huge, forKey: "k")
                }
                #expect(error?.code == .unencodable)
                #expect(error?.message.contains("says so by its property 'compresses'") == true)
                #expect(server.item(forKey: "p:k") == nil)
            }
            try set(client)
            try await dictionary(tells: true).store(huge, forKey: "k")
            let error = await #expect(throws: MemcachedError.self) { try await dictionary(tells: false)["k"] }
            #expect(error?.code == .undecodable)
            #expect((error?.cause as? ValueCodecError)?.code == .tooLarge)
        }
    }

    @Test(arguments: [false, true])
    func `the largest value is one of so many bytes as it is stored`(tells: Bool) async throws {
        try await withClient { client, _ in
            let codec = Wrapping(wrapped: .text().compressed(above: 100), tells: tells)
            let dictionary = MemcachedDict<String>(client, keyPrefix: "p", codec: codec, largestValue: 200)
            try await dictionary.store(Self.long, forKey: "k")
            try set(client, own: .never)
            let error = await #expect(throws: MemcachedError.self) {
                try await dictionary.store(Self.long, forKey: "k")
            }
            #expect(error?.code == .valueTooLarge)
            #expect(try await dictionary["k"] == Self.long)
        }
    }

    @Test func `a codec that compresses around one that does, too, is never compressed where the settings say so`()
        async throws
    {
        try await withClient { client, server in
            let inner = Wrapping(wrapped: .text().compressed(above: 100), tells: true)
            let dictionary = MemcachedDict<String>(client, keyPrefix: "p", codec: inner.compressed(above: 1_000))
            try set(client, own: .never)
            try await dictionary.store(Self.long, forKey: "k")
            #expect(server.item(forKey: "p:k")?.value.count == 2_000)
            #expect(try await dictionary["k"] == Self.long)
        }
    }
}
