import Memcached
import TestSupport
import Testing

/// The client of these tests is never run, so that whatever were sent would throw `timedOut`.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryRefusalTests {
    private struct Unencodable: Codable, Sendable {
        struct Refusal: Error { let secret = "hunter2" }

        func encode(to encoder: any Encoder) throws { throw Refusal() }
    }

    /// A user's codec whose errors quote the value.
    private struct Leaking: ValueCodec {
        struct Refusal: Error, CustomStringConvertible {
            let description = "can't take 'hunter2'"
        }

        var name: String { "leaking" }
        func encode(_ value: String) throws -> EncodedValue { throw Refusal() }
        func decode(_ encoded: EncodedValue) throws -> String { throw Refusal() }
    }

    private let client: MemcachedClient

    init() throws {
        client = try MemcachedClient(configuration: .init(servers: [MemcachedServer("127.0.0.1:1")]))
    }

    private func calls(_ dictionary: MemcachedDict<Int>, _ key: String) -> [@Sendable () async throws -> Void] {
        let entry = MemcachedEntry(key: key, value: 1, version: ItemVersion(cas: 1))
        return [
            { _ = try await dictionary[key] }, { _ = try await dictionary.value(forKey: key) },
            { _ = try await dictionary.value(forKey: key, settingExpiration: .never) },
            { _ = try await dictionary.entry(forKey: key) }, { _ = try await dictionary.contains(key) },
            { try await dictionary.touch(forKey: key, expiration: .never) },
            { try await dictionary.store(1, forKey: key) },
            { _ = try await dictionary.add(1, forKey: key) }, { _ = try await dictionary.replace(1, forKey: key) },
            { _ = try await dictionary.store(entry) }, { _ = try await dictionary.remove(entry) },
            { try await dictionary.removeValue(forKey: key) }, { try await dictionary.update(forKey: key) { $0 += 1 } },
            { try await dictionary.update(forKey: key, default: 0) { $0 += 1 } },
            { _ = try await dictionary.value(forKey: key) { 1 } }, { _ = try await dictionary.values(forKeys: [key]) },
            { _ = try await dictionary.entries(forKeys: [key]) }, { try await dictionary.store([key: 1]) },
            { _ = try await dictionary.outcomes(storing: [entry])[key]?.get() },
            { try await dictionary.removeValues(forKeys: [key]) },
        ]
    }

    @Test(arguments: ["", "a:b", "a#b"])
    func `a wrong prefix makes every call throw invalidKey, and nothing is sent`(prefix: String) async throws {
        let dictionary = MemcachedDict<Int>(client, keyPrefix: KeyPrefix(prefix), codec: .integer())
        for call in calls(dictionary, "ada") {
            let error = await #expect(throws: MemcachedError.self) { try await call() }
            #expect(error?.code == .invalidKey)
        }
    }

    @Test(
        arguments: [
            (0, nil, "longestKey must be from 1 to 250 bytes; it is 0"), (251, nil, "it is 251"), (-1, 1, "it is -1"),
            (nil, 0, "largestValue must be 1 byte or more; it is 0"), (250, -1, "it is -1"),
        ] as [(Int?, Int?, String)]
    )
    func `a limit out of its range makes every call throw invalidArgument, and nothing is sent`(
        longestKey: Int?,
        largestValue: Int?,
        words: String
    ) async throws {
        let dictionary = MemcachedDict<Int>(
            client,
            keyPrefix: "p",
            codec: .integer(),
            longestKey: longestKey,
            largestValue: largestValue
        )
        for call in calls(dictionary, "ada") {
            let error = await #expect(throws: MemcachedError.self) { try await call() }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("Nothing was sent") == true)
        }
    }

    @Test(arguments: ["", String(repeating: "k", count: 249)])
    func `a wrong key makes every call throw invalidKey, and nothing is sent`(key: String) async throws {
        let dictionary = MemcachedDict<Int>(client, keyPrefix: "p", codec: .integer())
        for call in calls(dictionary, key) {
            let error = await #expect(throws: MemcachedError.self) { try await call() }
            #expect(error?.code == .invalidKey)
            #expect(error?.message.contains("Nothing was sent") == true)
            #expect(error?.key == "p:" + key)
        }
    }

    @Test func `a value that can't be encoded is an error that names codec and key, and nothing is sent`() async throws
    {
        let dictionary = MemcachedDict<Unencodable>(client, keyPrefix: "p", codec: .json())
        let entry = MemcachedEntry(key: "ada", value: Unencodable(), version: ItemVersion(cas: 1))
        let calls: [() async throws -> Void] = [
            { try await dictionary.store(Unencodable(), forKey: "ada") },
            { _ = try await dictionary.add(Unencodable(), forKey: "ada") },
            { _ = try await dictionary.replace(Unencodable(), forKey: "ada") },
            { _ = try await dictionary.store(entry) },
            { try await dictionary.store(["ada": Unencodable()]) },
            { _ = try await dictionary.outcomes(storing: [entry])["ada"]?.get() },
        ]
        for call in calls {
            let error = await #expect(throws: MemcachedError.self) { try await call() }
            #expect(error?.code == .unencodable)
            #expect(error?.key == "p:ada")
            #expect(error?.message.contains("the codec 'json' can't encode the value") == true)
            #expect(error?.message.contains("Nothing was sent") == true)
        }
    }

    @Test func `no message quotes what a codec of the user's own says; the cause has it`() async throws {
        let dictionary = MemcachedDict<String>(client, keyPrefix: "p", codec: Leaking())
        let error = await #expect(throws: MemcachedError.self) { try await dictionary.store("hunter2", forKey: "ada") }
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.message.contains("Refusal") == true)
        #expect(error?.cause is Leaking.Refusal)
    }

    @Test(arguments: [0, -1])
    func `fewer than one attempt is refused`(attempts: Int) async throws {
        let dictionary = MemcachedDict<Int>(client, keyPrefix: "p", codec: .integer())
        let error = await #expect(throws: MemcachedError.self) {
            try await dictionary.update(forKey: "ada", attempts: attempts) { $0 += 1 }
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("attempts must be 1 or more; it is \(attempts)") == true)
        #expect(error?.key == "p:ada")
    }

    @Test func `a batch without keys is empty, and asks nobody`() async throws {
        let dictionary = MemcachedDict<Int>(client, keyPrefix: "p", codec: .integer())
        #expect(try await dictionary.values(forKeys: []).isEmpty)
        #expect(try await dictionary.entries(forKeys: []).isEmpty)
        #expect(await dictionary.results(forKeys: []).isEmpty)
        #expect(await dictionary.outcomes(storing: [MemcachedEntry<Int>]()).isEmpty)
        #expect(await dictionary.results(storing: [String: Int]()).isEmpty)
        try await dictionary.store([:])
        #expect(try await dictionary.removeValues(forKeys: []).isEmpty)
    }

    @Test(arguments: [Duration.zero, .seconds(-1)])
    func `a view without any time throws timedOut`(timeout: Duration) async throws {
        let dictionary = MemcachedDict<Int>(client, keyPrefix: "p", codec: .integer()).timeout(timeout)
        let error = await #expect(throws: MemcachedError.self) { try await dictionary.store(1, forKey: "ada") }
        #expect(error?.code == .timedOut)
    }

    @Test func `a dictionary of a client that has been shut down throws clientClosed`() async throws {
        let dictionary = MemcachedDict<Int>(client, keyPrefix: "p", codec: .integer())
        await client.shutdown()
        for call in calls(dictionary, "ada") {
            let error = await #expect(throws: MemcachedError.self) { try await call() }
            #expect(error?.code == .clientClosed)
        }
    }
}
