import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct StoringTests {
    @Test func `each store takes the next CAS, and none that fails takes one`() throws {
        var client = Conversation()
        let replies = try client.send(
            store("a", "1"),
            store(.add, "a", "2"),
            store("b", "1"),
            store(.replace, "missing", "1"),
            command(.append, "a", value: ByteBuffer(string: "+")),
            command(.touch, "a", extras: [0]),
            count(.increment, "n", by: 1)
        )
        #expect(replies.map(\.cas) == [1, 0, 2, 0, 3, 3, 4])
    }

    @Test func `ADD fails on an existing key, REPLACE and APPEND on a missing one`() throws {
        var client = Conversation()
        let replies = try client.send(
            store(.replace, "a", "1"),
            command(.append, "a", value: bytes(1)),
            command(.prepend, "a", value: bytes(1)),
            store(.add, "a", "1"),
            store(.add, "a", "2"),
            store(.replace, "a", "3")
        )
        #expect(replies.map(\.status) == [.keyNotFound, .notStored, .notStored, .success, .keyExists, .success])
        #expect(replies.map(\.text).prefix(3) == ["Not found", "Not stored.", "Not stored."])
        #expect(try client.value(of: "a") == "3")
    }

    @Test func `APPEND and PREPEND join values and keep the flags and the expiration`() throws {
        var client = Conversation()
        _ = try client.send(
            store("a", "b", flags: 7, expiration: 10),
            command(.append, "a", value: ByteBuffer(string: "c")),
            command(.prepend, "a", value: ByteBuffer(string: "a"))
        )
        let reply = try client.ask(command(.get, "a"))
        #expect((reply.text, reply.flags, reply.cas) == ("abc", 7, 3))
        client.wait(seconds: 10)
        #expect(try client.value(of: "a") == nil)
    }

    @Test(arguments: [Opcode.set, .replace, .add])
    func `a matching CAS overwrites, with ADD too`(opcode: Opcode) throws {
        var client = Conversation()
        _ = try client.send(store("a", "1"))
        #expect(try client.ask(store(opcode, "a", "2", cas: 9)).status == .keyExists)
        #expect(try client.ask(store(opcode, "a", "2", cas: 1)).status == .success)
        #expect(try client.value(of: "a") == "2")
    }

    @Test func `a CAS on a missing key gives 1, with APPEND 5`() throws {
        var client = Conversation()
        let replies = try client.send(
            store("a", "1", cas: 5),
            store(.add, "a", "1", cas: 5),
            store(.replace, "a", "1", cas: 5),
            command(.delete, "a", cas: 5),
            command(.append, "a", value: bytes(1), cas: 5)
        )
        #expect(replies.map(\.status.rawValue) == [1, 1, 1, 1, 5])
    }

    @Test func `a quiet mutation keeps silent about success, and fails under its quiet opcode`() throws {
        var client = Conversation()
        let successes = try client.send(
            store(.setQuietly, "a", "5"),
            store(.addQuietly, "b", "1"),
            store(.replaceQuietly, "b", "1"),
            count(.incrementQuietly, "a", by: 1),
            count(.decrementQuietly, "a", by: 1),
            command(.appendQuietly, "a", value: bytes(1)),
            command(.prependQuietly, "a", value: bytes(1)),
            command(.deleteQuietly, "a"),
            command(.flushQuietly)
        )
        #expect(successes.isEmpty)
        let failures = try client.send(
            store(.replaceQuietly, "a", "1", opaque: 1),
            command(.appendQuietly, "a", value: bytes(1), opaque: 2),
            command(.deleteQuietly, "a", opaque: 3),
            store(.setQuietly, "a", String(repeating: "x", count: 1 << 20), opaque: 4)
        )
        #expect(failures.map(\.opcode) == [.replaceQuietly, .appendQuietly, .deleteQuietly, .setQuietly])
        #expect(failures.map(\.status.rawValue) == [1, 5, 1, 3])
        #expect(failures.map(\.opaque) == [1, 2, 3, 4])
    }

    @Test func `with CAS off replies carry 0 and a SET with a CAS silently succeeds`() throws {
        var client = Conversation { $0.isCASEnabled = false }
        let replies = try client.send(
            store("a", "1"),
            store("a", "2", cas: 99),
            store("missing", "1", cas: 99),
            command(.append, "a", value: bytes(1), cas: 99),
            command(.get, "a")
        )
        #expect(replies.allSatisfy { $0.status == .success && $0.cas == 0 })
        #expect(try client.value(of: "a") == "2x")
    }

    @Test func `with CAS off a DELETE or an INCREMENT with a CAS still fails`() throws {
        var client = Conversation { $0.isCASEnabled = false }
        let replies = try client.send(
            store("a", "1"),
            command(.delete, "a", cas: 9),
            count(.increment, "a", by: 1, cas: 9)
        )
        #expect(replies.map(\.status) == [.success, .keyExists, .keyExists])
    }
}
