import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct ReadingTests {
    @Test func `what was stored comes back with its flags and CAS`() throws {
        var client = Conversation()
        #expect(try client.ask(store("a", "one", flags: 7, opaque: 9)) == Reply(opcode: .set, opaque: 9, cas: 1))
        #expect(
            try client.ask(command(.get, "a", opaque: 5))
                == Reply(opcode: .get, opaque: 5, cas: 1, flags: 7, value: ByteBuffer(string: "one"))
        )
        #expect(
            try client.ask(command(.getWithKey, "a"))
                == Reply(
                    opcode: .getWithKey,
                    opaque: 0,
                    cas: 1,
                    flags: 7,
                    key: ByteBuffer(string: "a"),
                    value: ByteBuffer(string: "one")
                )
        )
    }

    @Test(arguments: [Opcode.get, .getAndTouch, .touch])
    func `a miss says so in words`(opcode: Opcode) throws {
        var client = Conversation()
        let reply = try client.ask(command(opcode, "a", extras: opcode == .get ? [] : [0]))
        #expect(reply.status == .keyNotFound)
        #expect(reply.text == "Not found")
    }

    @Test(arguments: [Opcode.getWithKey, .getAndTouchWithKey])
    func `a miss that was asked for with its key has the key as body, and no words`(opcode: Opcode) throws {
        var client = Conversation()
        let reply = try client.ask(command(opcode, "a", extras: opcode == .getWithKey ? [] : [0]))
        #expect(reply == Reply(opcode: opcode, status: .keyNotFound, opaque: 0, key: ByteBuffer(string: "a")))
    }

    @Test func `TOUCH answers with the flags and no value, and changes no CAS`() throws {
        var client = Conversation()
        _ = try client.send(store("a", "one", flags: 7))
        #expect(try client.ask(command(.touch, "a", extras: [9])) == Reply(opcode: .touch, opaque: 0, cas: 1, flags: 7))
        #expect(try client.ask(command(.getAndTouch, "a", extras: [9])).cas == 1)
        #expect(try client.ask(command(.get, "a")).cas == 1)
    }

    @Test func `GET ignores a CAS`() throws {
        var client = Conversation()
        _ = try client.send(store("a", "one"))
        #expect(try client.ask(command(.get, "a", cas: 77)).text == "one")
    }

    @Test func `a quiet get keeps silent about a miss alone, and replies come in order`() throws {
        var client = Conversation()
        let replies = try client.send(
            store("a", "one"),
            command(.getQuietly, "missing", opaque: 1),
            command(.getQuietly, "a", opaque: 2),
            command(.getWithKeyQuietly, "missing", opaque: 3),
            command(.getAndTouchQuietly, "a", extras: [0], opaque: 4),
            command(.getAndTouchWithKeyQuietly, "missing", extras: [0], opaque: 5),
            command(.noop, opaque: 6)
        )
        #expect(replies.map(\.opaque) == [0, 2, 4, 6])
        #expect(replies.map(\.opcode) == [.set, .getQuietly, .getAndTouchQuietly, .noop])
    }

    @Test func `DELETE takes the item once, and heeds a CAS`() throws {
        var client = Conversation()
        _ = try client.send(store("a", "one"))
        let mismatch = try client.ask(command(.delete, "a", cas: 99))
        #expect((mismatch.status, mismatch.text) == (.keyExists, "Data exists for key."))
        #expect(try client.ask(command(.delete, "a", cas: 1)) == Reply(opcode: .delete, opaque: 0))
        #expect(try client.ask(command(.delete, "a")).status == .keyNotFound)
    }
}
