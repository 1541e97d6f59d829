import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryCountingTests {
    private func withCounters(
        _ backend: DictionaryBackend,
        codec: any ValueCodec<UInt64> = .integer(),
        flags: FlagsConvention = .native,
        longKeys: LongKeyPolicy = .refuse,
        _ body: (MemcachedDict<UInt64>, MemcachedClient) async throws -> Void
    ) async throws {
        try await backend.withClient { (client, _) async throws in
            try await body(
                MemcachedDict(client, keyPrefix: "counters", codec: codec, longKeys: longKeys, flags: flags),
                client
            )
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a missing counter is nil, or begins with the initial value, of which the amount is no part`(
        backend: DictionaryBackend
    ) async throws {
        try await withCounters(backend) { (counters, client) async throws in
            #expect(try await counters.increment(forKey: "n") == nil)
            #expect(try await counters.decrement(forKey: "n") == nil)
            #expect(try await counters["n"] == nil)
            #expect(try await counters.increment(forKey: "n", by: 5, initial: 1) == 1)
            #expect(try await counters.increment(forKey: "n", by: 5, initial: 1) == 6)
            #expect(try await counters.increment(forKey: "n") == 7)
            #expect(try await counters["n"] == 7)
            #expect(try await client.get("counters:n")?.value == ByteBuffer(string: "7"))
            #expect(try await counters.decrement(forKey: "down", by: 5, initial: 100) == 100)
            #expect(try await counters.decrement(forKey: "down", by: 5, initial: 100) == 95)
            #expect(try await counters["down"] == 95)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a counter stops at 0 and wraps at 2^64, and its dictionary reads it with either codec of decimal text`(
        backend: DictionaryBackend
    ) async throws {
        for codec: any ValueCodec<UInt64> in [.integer(), .json(), .json().compressed(above: 0)] {
            try await withCounters(backend, codec: codec) { (counters, _) async throws in
                try await counters.store(10, forKey: "n")
                #expect(try await counters.decrement(forKey: "n") == 9)
                #expect(try await counters["n"] == 9)
                #expect(try await counters.decrement(forKey: "n", by: 10) == 0)
                #expect(try await counters["n"] == 0)
                // Deflated, it would be shorter.
                try await counters.store(1_000_000_000_000, forKey: "n")
                #expect(try await counters.increment(forKey: "n") == 1_000_000_000_001)
                try await counters.store(.max, forKey: "n")
                #expect(try await counters.increment(forKey: "n", by: 2) == 1)
                #expect(try await counters.increment(forKey: "new", initial: .max) == .max)
                #expect(try await counters["new"] == .max)
                #expect(try await counters.update(forKey: "new") { $0 -= 1 } == .max - 1)
                #expect(try await counters.increment(forKey: "new") == .max)
            }
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `calls that count at once are all counted`(backend: DictionaryBackend) async throws {
        try await withCounters(backend) { (counters, _) async throws in
            try await withThrowingTaskGroup { group in
                for _ in 0..<100 { group.addTask { try await counters.increment(forKey: "n", initial: 1) } }
                try await group.waitForAll()
            }
            #expect(try await counters["n"] == 100)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `what is no decimal text can't be counted, and stays`(backend: DictionaryBackend) async throws {
        try await withCounters(backend) { (counters, client) async throws in
            try await client.set("counters:n", to: ByteBuffer(string: "seven"))
            for count: @Sendable () async throws -> Void in [
                { try await counters.increment(forKey: "n") },
                { try await counters.decrement(forKey: "n", initial: 1) },
            ] {
                let error = await #expect(throws: MemcachedError.self) { try await count() }
                #expect(error?.code == .notANumber)
                #expect(error?.key == "counters:n")
            }
            #expect(try await client.get("counters:n")?.value == ByteBuffer(string: "seven"))
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `a dictionary that stores numbers otherwise than the server counts them doesn't count`(
        backend: DictionaryBackend
    ) async throws {
        let dictionaries: [(any ValueCodec<UInt64>, FlagsConvention)] = [
            (.propertyList(), .native), (.integer(), .spymemcached),
        ]
        for (codec, flags) in dictionaries {
            try await withCounters(backend, codec: codec, flags: flags) { (counters, client) async throws in
                // As a binary number it is the text "1", which the server would add to.
                try await client.set("counters:n", to: ByteBuffer(string: "1"), flags: 0x300)
                let stored = try await client.get("counters:n")?.value
                for count: @Sendable () async throws -> Void in [
                    { try await counters.increment(forKey: "n", by: 9) },
                    { try await counters.decrement(forKey: "n") },
                    { try await counters.increment(forKey: "n", initial: 1) },
                    { try await counters.decrement(forKey: "new", initial: 1) },
                ] {
                    let error = await #expect(throws: MemcachedError.self) { try await count() }
                    #expect(error?.code == .invalidArgument)
                    let words = "the codec '\(codec.name)' with the flags convention '\(flags.name)' doesn't store"
                    #expect(error?.message.hasPrefix(words) == true, "\(error?.message ?? "")")
                }
                #expect(try await client.get("counters:n")?.value == stored)
                #expect(try await client.get("counters:new") == nil)
            }
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `where the flags 0 mean nothing, counters that are stored count, and none is created`(
        backend: DictionaryBackend
    ) async throws {
        let marked = FlagsConvention(name: "marked") { (value) throws(ValueCodecError) in
            (7, value.bytes)
        } unpack: { (flags, bytes) throws(ValueCodecError) in
            guard flags == 7 else { throw ValueCodecError(.unknownFlags, "\(flags) isn't 7") }
            return EncodedValue(bytes: bytes, format: .integer)
        }
        try await withCounters(backend, flags: marked) { (counters, client) async throws in
            try await counters.store(8, forKey: "n")
            for count in UInt64(9)...10 { #expect(try await counters.increment(forKey: "n") == count) }
            #expect(try await counters.decrement(forKey: "n") == 9)
            for key in ["n", "new", "new"] {
                let error = await #expect(throws: MemcachedError.self) {
                    try await counters.increment(forKey: key, initial: 1)
                }
                #expect(error?.code == .invalidArgument && error?.message.contains("with the flags 0") == true)
            }
            #expect(try await counters["n"] == 9)
            #expect(try await client.get("counters:new") == nil)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `with the flags of Java's clients, a dictionary counts what it stores as JSON`(
        backend: DictionaryBackend
    ) async throws {
        try await withCounters(backend, codec: .json(), flags: .spymemcached) { (counters, _) async throws in
            try await counters.store(49, forKey: "n")
            #expect(try await counters.increment(forKey: "n", by: 9) == 58)
            #expect(try await counters["n"] == 58)
        }
    }

    @Test(arguments: DictionaryBackend.all)
    func `long keys are counted under their hash, or refused`(backend: DictionaryBackend) async throws {
        let long = String(repeating: "k", count: 300)
        try await withCounters(backend, longKeys: .hash) { (counters, _) async throws in
            #expect(try await counters.increment(forKey: long, initial: 3) == 3)
            #expect(try await counters[long] == 3)
        }
        try await withCounters(backend) { (counters, _) async throws in
            let error = await #expect(throws: MemcachedError.self) { try await counters.decrement(forKey: long) }
            #expect(error?.code == .invalidKey)
        }
    }

    @Test func `a new counter ends as the call or the dictionary says, and an existing one keeps its end`() async throws
    {
        try await withMemcachedTestServer { (server) async throws in
            try await withMemcachedClient(configuration: .forTests([server.address])) { (client) async throws in
                let counters = MemcachedDict<UInt64>(
                    client,
                    keyPrefix: "counters",
                    codec: .integer(),
                    expiration: .after(.seconds(100))
                )
                #expect(try await counters.increment(forKey: "default", initial: 1) == 1)
                #expect(try await counters.increment(forKey: "own", initial: 1, expiration: .after(.seconds(10))) == 1)
                #expect(try await counters.increment(forKey: "never", initial: 1, expiration: .never) == 1)
                server.advanceTime(by: .seconds(9))
                #expect(try await counters.increment(forKey: "own", initial: 1, expiration: .never) == 2)
                server.advanceTime(by: .seconds(2))
                #expect(try await counters["own"] == nil)
                server.advanceTime(by: .seconds(90))
                #expect(try await counters["default"] == nil)
                #expect(try await counters["never"] == 1)
            }
        }
    }
}
