import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// A call of 10 milliseconds, at each place where it can wait, behind one that may wait for a minute.
@Suite(.fewAtATime) struct DeadlineTests {
    enum Place: CaseIterable {
        case connection, room, reply
    }

    @Test(arguments: Place.allCases, Operation.all)
    func `a deadline passes at its very nanosecond, wherever a call waits`(place: Place, operation: Operation) throws {
        let fleet = try Fleet.waiting(at: place)
        defer { fleet.finish() }
        let call = fleet.call { await operation.code(on: $0.timeout(.milliseconds(10))) }
        fleet.advance(.nanoseconds(9_999_999))
        #expect(call.value == nil)
        fleet.advance(.nanoseconds(1))
        #expect(call.value == (place == .reply && operation.isMutation ? "outcomeUnknown" : "timedOut"))
    }

    @Test(arguments: Place.allCases, Operation.all)
    func `a cancelled call resumes at once, wherever it waits`(place: Place, operation: Operation) throws {
        let fleet = try Fleet.waiting(at: place)
        defer { fleet.finish() }
        let call = fleet.call { await operation.code(on: $0.timeout(.seconds(30))) }
        #expect(call.value == nil)
        call.cancel()
        fleet.settle()
        #expect(call.value == (place == .reply && operation.isMutation ? "outcomeUnknown" : "cancelled"))
    }

    @Test func `the deadline of an update bounds its read and its store together`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let update = Operation("update", isMutation: true) { try await $0.numbers.update(forKey: "n") { $0 += 1 } }
        let call = fleet.call { await update.code(on: $0.timeout(.milliseconds(10))) }
        let read = try wire.requests()
        fleet.advance(.milliseconds(6))
        for frame in read { try wire.reply(Wire.answer(to: frame) { _ in "1" }) }
        #expect(try wire.requests().map(\.header.opcode) == [.set])
        fleet.advance(.nanoseconds(3_999_999))
        #expect(call.value == nil)
        fleet.advance(.nanoseconds(1))
        #expect(call.value == "outcomeUnknown")
    }

    @Test func `the deadline of a batch bounds all of its windows together, those too that were not sent`() throws {
        let fleet = try Fleet { $0.batchWindow = 1 }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let items = Dictionary(uniqueKeysWithValues: (0..<5).map { ("\($0)", StoreItem(value: ByteBuffer())) })
        let call = fleet.call { client in
            await client.timeout(.milliseconds(10)).setMany(items).mapValues { result in
                do throws(MemcachedError) {
                    try result.get()
                    return "stored"
                } catch {
                    return "\(error.code)"
                }
            }
        }
        fleet.advance(.milliseconds(6))
        let first = try wire.requests()
        #expect(first.map(\.header.opcode) == [.setQuietly, .noop, .setQuietly, .noop])
        try wire.answer(Array(first[1...1]))
        #expect(try wire.requests().count == 2)
        fleet.advance(.nanoseconds(3_999_999))
        #expect(call.value == nil)
        fleet.advance(.nanoseconds(1))
        let outcomes = try #require(call.value).values.sorted()
        #expect(outcomes == ["outcomeUnknown", "outcomeUnknown", "stored", "timedOut", "timedOut"])
    }
}

extension DeadlineTests {
    struct Operation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isMutation: Bool
        private let body: @Sendable (MemcachedClient) async throws -> Void

        init(
            _ name: String,
            isMutation: Bool = false,
            _ body: @escaping @Sendable (MemcachedClient) async throws -> some Any
        ) {
            testDescription = name
            self.isMutation = isMutation
            self.body = { _ = try await body($0) }
        }

        func code(on client: MemcachedClient) async -> String {
            do {
                try await body(client)
                return "done"
            } catch {
                return (error as? MemcachedError).map { "\($0.code)" } ?? "\(error)"
            }
        }

        static let all = [
            Operation("get") { try await $0.get("a") },
            Operation("set", isMutation: true) { try await $0.set("a", to: ByteBuffer()) },
            Operation("increment", isMutation: true) { try await $0.increment("a") },
            Operation("getMany") { try await $0.getMany(["a", "b"])["b"]?.get() },
            Operation("getMany in windows") { try await $0.getMany((0..<3_000).map { "\($0)" })["2999"]?.get() },
            Operation("setMany", isMutation: true) {
                try await $0.setMany(["a": StoreItem(value: ByteBuffer())])["a"]?.get()
            },
            Operation("stats") { try await $0.stats()[Wire.server]?.get() },
            Operation("version") { try await $0.version()[Wire.server]?.get() },
            Operation("ping") { try await $0.ping()[Wire.server]?.get() },
            Operation("a dictionary's value") { try await $0.numbers["n"] },
            Operation("a dictionary's store", isMutation: true) { try await $0.numbers.store(1, forKey: "n") },
            Operation("a dictionary's update") { try await $0.numbers.update(forKey: "n") { $0 += 1 } },
            Operation("a dictionary's values") { try await $0.numbers.values(forKeys: ["n", "m"]) },
            Operation("a dictionary's read-through") { try await $0.numbers.value(forKey: "n") { 1 } },
        ]
    }
}

extension MemcachedClient {
    fileprivate var numbers: MemcachedDict<Int> {
        MemcachedDict(self, keyPrefix: "numbers", codec: .integer())
    }
}

extension Fleet {
    /// Whose calls wait at that place, behind one that may wait for a minute.
    fileprivate static func waiting(at place: DeadlineTests.Place) throws -> Fleet {
        let fleet = try Fleet {
            $0.connection.maximumRequestsInFlight = place == .room ? 1 : 100_000
            $0.connection.connectTimeout = .seconds(600)
            $0.connection.stallTimeout = .seconds(600)
        }
        _ = fleet.run()
        if place != .connection { _ = try fleet.accept() }
        for name in ["long", "longer"] { #expect(fleet.get(name, timeout: .seconds(60)).outcome == "running") }
        return fleet
    }
}
