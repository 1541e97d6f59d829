import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct CounterTests {
    @Test func `a missing counter is created with its initial number, without the delta and without flags`() throws {
        var client = Conversation()
        let reply = try client.ask(count(.increment, "n", by: 5, initial: 10))
        #expect((reply.number, reply.cas, reply.flags) == (10, 1, nil))
        let item = try client.ask(command(.get, "n"))
        #expect((item.text, item.flags) == ("10", 0))
    }

    @Test func `a missing counter stays missing with the expiration 0xFFFFFFFF`() throws {
        var client = Conversation()
        let reply = try client.ask(count(.increment, "n", by: 5, expiration: 0xFFFF_FFFF))
        #expect((reply.status, reply.text) == (.keyNotFound, "Not found"))
        #expect(client.engine.table.count == 0)
    }

    @Test func `a counter that gets shorter is padded with spaces, and counts on`() throws {
        var client = Conversation()
        _ = try client.send(store("n", "15"))
        #expect(try client.ask(count(.decrement, "n", by: 9)).number == 6)
        #expect(try client.value(of: "n") == "6 ")
        #expect(try client.ask(count(.increment, "n", by: 100)).number == 106)
        #expect(try client.value(of: "n") == "106")
    }

    @Test func `INCREMENT wraps at 2^64, and DECREMENT stops at 0`() throws {
        var client = Conversation()
        _ = try client.send(store("n", "18446744073709551615"), store("m", "3"))
        #expect(try client.ask(count(.increment, "n", by: 5)).number == 4)
        #expect(try client.ask(count(.decrement, "m", by: 5)).number == 0)
    }

    @Test func `an existing counter keeps its flags and its expiration`() throws {
        var client = Conversation()
        _ = try client.send(store("n", "9", flags: 3, expiration: 10))
        #expect(try client.ask(count(.increment, "n", by: 1, expiration: 1_000)).number == 10)
        #expect(try client.ask(command(.get, "n")).flags == 3)
        client.wait(seconds: 10)
        #expect(try client.value(of: "n") == nil)
    }

    @Test func `a CAS is heeded where the counter exists`() throws {
        var client = Conversation()
        #expect(try client.ask(count(.increment, "n", by: 1, initial: 1, cas: 99)).status == .success)
        #expect(try client.ask(count(.increment, "n", by: 1, cas: 99)).status == .keyExists)
        #expect(try client.ask(count(.increment, "n", by: 1, cas: 1)).number == 2)
    }

    @Test(arguments: ["", "-1", "12abc", "0x10", "11111111111111111111111", "18446744073709551616", "- 1", "x"])
    func `other values are not numeric`(text: String) throws {
        var client = Conversation()
        _ = try client.send(store("n", text))
        let reply = try client.ask(count(.increment, "n", by: 1))
        #expect(reply.status == .nonNumericValue)
        #expect(reply.text == "Non-numeric server-side value for incr or decr")
        #expect(try client.value(of: "n") == text)
    }

    @Test(arguments: [
        (" 12", 12), ("12 ", 12), ("12  x", 12), ("+5", 5), ("00012", 12), ("12\0abc", 12), ("12\r\n", 12),
        ("\t12", 12),
        ("-0", 0), ("12 3", 12), ("-18446744073709551615", 1),
        ("11111111111111111111", 11_111_111_111_111_111_111 as UInt64),
    ])
    func `a number is read as C's strtoull reads it`(text: String, number: UInt64) {
        #expect(CounterText.read(ByteBuffer(string: text)) == number)
    }

    @Test func `a minus sign anywhere spoils a number of 64 bits`() {
        #expect(CounterText.read(ByteBuffer(string: "11111111111111111111 -")) == nil)
        #expect(CounterText.read(ByteBuffer(string: "12 -")) == 12)
    }
}
