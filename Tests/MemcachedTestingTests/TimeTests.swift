import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct TimeTests {
    static let start: Int64 = 1_800_000_000

    private func isAlive(expiration: UInt32, after seconds: Int64) throws -> Bool {
        var client = Conversation(start: Self.start)
        client.wait(seconds: 50)
        _ = try client.send(store("a", "1", expiration: expiration))
        client.wait(seconds: seconds)
        return try client.value(of: "a") != nil
    }

    @Test func `0 is never`() throws {
        #expect(try isAlive(expiration: 0, after: 10_000_000))
    }

    @Test(arguments: [1, 60, 2_592_000] as [UInt32])
    func `up to 30 days is a lifetime in seconds`(seconds: UInt32) throws {
        #expect(try isAlive(expiration: seconds, after: Int64(seconds) - 1))
        #expect(try !isAlive(expiration: seconds, after: Int64(seconds)))
    }

    @Test func `a second more than 30 days is a Unix time long past`() throws {
        #expect(try !isAlive(expiration: 2_592_001, after: 0))
    }

    @Test func `larger numbers are Unix times`() throws {
        let soon = UInt32(Self.start) + 60
        #expect(try isAlive(expiration: soon, after: 9))
        #expect(try !isAlive(expiration: soon, after: 10))
    }

    @Test func `0xFFFFFFFF is not minus one, but a time far ahead`() throws {
        #expect(try isAlive(expiration: 0xFFFF_FFFF, after: 1_000_000))
    }

    @Test func `TOUCH and GAT give another lifetime`() throws {
        var client = Conversation()
        _ = try client.send(
            store("a", "1", expiration: 5),
            store("b", "1", expiration: 5),
            command(.touch, "a", extras: [100]),
            command(.getAndTouch, "b", extras: [100])
        )
        client.wait(seconds: 99)
        #expect(try client.value(of: "a") == "1")
        #expect(try client.value(of: "b") == "1")
        client.wait(seconds: 1)
        #expect(try client.value(of: "a") == nil)
        #expect(try client.value(of: "b") == nil)
    }

    @Test func `an expired item lies there until it is met, and ADD and DELETE find nothing`() throws {
        var client = Conversation()
        _ = try client.send(store("a", "1", expiration: 5), store("b", "1", expiration: 5))
        client.wait(seconds: 5)
        #expect(client.engine.table.count == 2)
        #expect(try client.ask(command(.delete, "a")).status == .keyNotFound)
        #expect(try client.ask(store(.add, "b", "2")).status == .success)
        #expect(client.engine.table.count == 1)
    }

    @Test func `FLUSH kills what is there and spares what comes after, in the same second too`() throws {
        var client = Conversation()
        _ = try client.send(store("a", "1"))
        #expect(try client.ask(command(.flush)) == Reply(opcode: .flush, opaque: 0))
        #expect(try client.value(of: "a") == nil)
        _ = try client.send(store("a", "2"))
        #expect(try client.value(of: "a") == "2")
    }

    @Test func `a delayed FLUSH kills what is written during the delay too`() throws {
        var client = Conversation()
        _ = try client.send(store("a", "1"), command(.flush, extras: [10]))
        client.wait(seconds: 5)
        _ = try client.send(store("b", "1"))
        #expect(try client.value(of: "a") == "1")
        client.wait(seconds: 5)
        #expect(try client.value(of: "a") == nil)
        #expect(try client.value(of: "b") == nil)
        _ = try client.send(store("c", "1"))
        #expect(try client.value(of: "c") == "1")
    }

    @Test(arguments: [Opcode.flush, .flushQuietly])
    func `with flushing off a FLUSH is refused, and the connection stays`(opcode: Opcode) throws {
        var client = Conversation { $0.isFlushEnabled = false }
        _ = try client.send(store("a", "1"))
        let reply = try client.ask(command(opcode))
        #expect((reply.opcode, reply.status.rawValue, reply.text) == (opcode, 0x20, "Auth failure."))
        #expect(client.outcome == .needsBytes)
        #expect(try client.value(of: "a") == "1")
    }
}
