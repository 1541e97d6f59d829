import Memcached
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One scenario, run by one client.
struct BenchRun: Sendable {
    private let scenario: Scenario
    private let client: MemcachedClient
    private let value: ByteBuffer
    private let executor: EventLoopTaskExecutor?

    /// The keys that compare's other clients use.
    private static let names: [String] = (0..<10_000).map { number in
        let digits = "\(number)"
        return "key:" + String(repeating: "0", count: 7 - digits.count) + digits
    }

    init(_ scenario: Scenario, _ client: MemcachedClient) throws {
        self.scenario = scenario
        self.client = client
        value = ByteBuffer(repeating: UInt8(ascii: "x"), count: scenario.size)
        executor = scenario.isOnLoop ? try client.taskExecutor(for: Self.names[0]) : nil
    }

    /// What an interrupted run leaves behind is gone by then. No scenario takes as long.
    private static let expiration = Expiration.after(.seconds(3 * 3_600))

    /// As many as a server's memory holds.
    private var keyCount: Int { min(Self.names.count, 100_000_000 / scenario.size) }

    /// Stores what is read.
    func prepare() async throws {
        switch scenario.work {
        case .dictionaryGet(let codec), .dictionarySet(let codec):
            let dictionary = codec.dictionary(client)
            for number in 0..<Self.accounts {
                try await dictionary.store(.example, forKey: "\(number)", expiration: Self.expiration)
            }
        case .clientGetAndDecode, .clientSetAndEncode:
            let bytes = ByteBuffer(bytes: try JSONEncoder().encode(Account.example))
            for number in 0..<Self.accounts {
                try await client.set("bench:client:\(number)", to: bytes, expiration: Self.expiration)
            }
        case .get, .set, .mixed, .getMany, .setMany:
            let items = Self.names[..<keyCount].map { ($0, StoreItem(value: value, expiration: Self.expiration)) }
            for (_, result) in await client.setMany(Dictionary(uniqueKeysWithValues: items)) { try result.get() }
        }
    }

    /// Removes what was stored; a server that has gone has nothing left.
    func cleanUp() async {
        _ = await client.deleteMany(Self.names[..<keyCount])
        let numbers = (0..<Self.accounts).map { "\($0)" }
        for codec in AccountCodec.allCases { _ = await codec.dictionary(client).results(removing: numbers) }
        _ = await client.deleteMany(numbers.map { "bench:client:\($0)" })
    }

    private static let accounts = 100

    func measure(seconds: Double) async throws -> Measurement {
        let period = MeasuredPeriod()
        var calls = 0
        let length = try await withThrowingTaskGroup(of: Part.self) { group in
            for task in 0..<scenario.tasks {
                group.addTask(executorPreference: executor) {
                    var stopwatch = Stopwatch(of: period, stride: stride)
                    // Each task begins with another key.
                    try await work(&stopwatch, from: task &* 7_919)
                    return .calls(stopwatch.calls)
                }
            }
            group.addTask {
                .period(try await period.pass(warmUp: .seconds(max(0.2, seconds / 4)), time: .seconds(seconds)))
            }
            var length = MeasuredPeriod.Length()
            for try await part in group {
                switch part {
                case .calls(let number): calls += number
                case .period(let passed): length = passed
                }
            }
            return length
        }
        return Measurement(
            scenario: scenario.name,
            operations: calls * scenario.keysPerCall,
            elapsed: length.elapsed,
            processorTime: length.processorTime,
            latencies: period.latencies.summary
        )
    }

    /// What a task of a run comes to.
    private enum Part: Sendable {
        case calls(Int)
        case period(MeasuredPeriod.Length)
    }

    private var stride: Int {
        scenario.tasks > 1 && scenario.keysPerCall == 1 && scenario.size < 1_000 ? 8 : 1
    }
}

extension BenchRun {
    private func work(_ stopwatch: inout Stopwatch, from first: Int) async throws {
        let keys = keyCount
        switch scenario.work {
        case .get:
            try await stopwatch.run(from: first) { number in
                try check(try await client.get(Self.names[number % keys]))
            }
        case .set:
            try await stopwatch.run(from: first) { number in
                try await client.set(Self.names[number % keys], to: value, expiration: Self.expiration)
            }
        case .mixed:
            try await stopwatch.run(from: first) { number in
                if number % 10 == 0 {
                    try await client.set(Self.names[number % keys], to: value, expiration: Self.expiration)
                } else {
                    try check(try await client.get(Self.names[number % keys]))
                }
            }
        case .getMany(let count):
            try await stopwatch.run(from: first) { number in
                let results = await client.getMany(names(count, from: number))
                guard results.count == count else { throw Self.wrong }
                for result in results.values { try check(try result.get()) }
            }
        case .setMany(let count):
            let item = StoreItem(value: value, expiration: Self.expiration)
            try await stopwatch.run(from: first) { number in
                let items = names(count, from: number).map { ($0, item) }
                let results = await client.setMany(Dictionary(uniqueKeysWithValues: items))
                for result in results.values { try result.get() }
            }
        case .dictionaryGet(let codec):
            let dictionary = codec.dictionary(client)
            try await stopwatch.run(from: first) { number in
                guard try await dictionary["\(number % Self.accounts)"] != nil else { throw Self.wrong }
            }
        case .dictionarySet(let codec):
            let dictionary = codec.dictionary(client)
            try await stopwatch.run(from: first) { number in
                try await dictionary.store(.example, forKey: "\(number % Self.accounts)", expiration: Self.expiration)
            }
        case .clientGetAndDecode:
            let decoder = JSONDecoder()
            try await stopwatch.run(from: first) { number in
                guard let item = try await client.get("bench:client:\(number % Self.accounts)") else {
                    throw Self.wrong
                }
                _ = try decoder.decode(Account.self, from: Data(item.value.readableBytesView))
            }
        case .clientSetAndEncode:
            let encoder = JSONEncoder()
            try await stopwatch.run(from: first) { number in
                let bytes = ByteBuffer(bytes: try encoder.encode(Account.example))
                try await client.set("bench:client:\(number % Self.accounts)", to: bytes, expiration: Self.expiration)
            }
        }
    }

    /// The keys of a batch's call; each call begins where the one before it ended.
    private func names(_ count: Int, from number: Int) -> ArraySlice<String> {
        let start = number &* count % (keyCount - count + 1)
        return Self.names[start..<start + count]
    }

    private func check(_ item: MemcachedItem?) throws {
        guard let item, item.value.readableBytes == scenario.size else { throw Self.wrong }
    }

    private static var wrong: Complaint {
        Complaint(
            "the server holds another value than the bench has stored; is somebody else at work there?",
            status: .internalError
        )
    }
}
