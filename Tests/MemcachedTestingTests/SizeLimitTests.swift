import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct SizeLimitTests {

    private func storing(
        _ opcode: Opcode = .set,
        key: String = "a",
        flags: UInt32 = 0,
        bytes length: Int,
        cas: UInt64 = 0
    ) -> ByteBuffer {
        command(opcode, key, extras: [flags, 0], value: bytes(length), cas: cas)
    }

    @Test(arguments: [
        ("a", UInt32(0), true, 1_048_516), ("a", 1, true, 1_048_512), ("abc", 0, true, 1_048_514),
        ("a", 0, false, 1_048_524),
    ])
    func `the largest value is the limit less the item's own bytes`(
        key: String,
        flags: UInt32,
        isCASEnabled: Bool,
        longest: Int
    ) throws {
        var client = Conversation { $0.isCASEnabled = isCASEnabled }
        #expect(try client.ask(storing(.set, key: key, flags: flags, bytes: longest)).status == .success)
        let refused = try client.ask(storing(.set, key: key, flags: flags, bytes: longest + 1))
        #expect((refused.status, refused.text, refused.cas) == (.valueTooLarge, "Too large.", 0))
        #expect(client.outcome == .needsBytes)
    }

    @Test(arguments: [UInt64(0), 1, 99])
    func `a SET that is too large takes the old item with it, whatever its CAS`(cas: UInt64) throws {
        var client = Conversation()
        _ = try client.send(store("a", "old"))
        #expect(try client.ask(storing(bytes: 1 << 20, cas: cas)).status == .valueTooLarge)
        #expect(try client.value(of: "a") == nil)
    }

    @Test func `the old item is gone before the value has arrived, and the reply comes after it`() throws {
        var client = Conversation()
        _ = try client.send(store("a", "old"))
        let frame = storing(bytes: 1 << 20)
        let head = frame.getSlice(at: 0, length: 33)
        #expect(try client.send(try #require(head)).isEmpty)
        #expect(client.engine.table.count == 0)
        let rest = try #require(frame.getSlice(at: 33, length: frame.readableBytes - 33))
        #expect(try client.ask(rest).status == .valueTooLarge)
    }

    @Test(arguments: [Opcode.replace, .add, .append, .prepend])
    func `any other command that is too large keeps the old item`(opcode: Opcode) throws {
        var client = Conversation()
        _ = try client.send(store("a", "old"))
        let takesExtras = opcode == .replace || opcode == .add
        let reply = try client.ask(command(opcode, "a", extras: takesExtras ? [0, 0] : [], value: bytes(1 << 20)))
        #expect(reply.status == .valueTooLarge)
        #expect(try client.value(of: "a") == "old")
    }

    @Test func `APPEND that grows past the limit is not stored`() throws {
        var client = Conversation()
        _ = try client.send(storing(bytes: 1_048_516))
        let reply = try client.ask(command(.append, "a", value: bytes(1)))
        #expect((reply.status, reply.text) == (.notStored, "Not stored."))
        #expect(try client.value(of: "a")?.utf8.count == 1_048_516)
    }

    @Test func `a full server that doesn't evict is out of memory, and a SET has then lost the old item`() throws {
        var client = Conversation {
            $0.memoryLimit = 1_000
            $0.evictsWhenFull = false
        }
        _ = try client.send(storing(.set, key: "a", bytes: 600))
        let added = try client.ask(storing(.add, key: "b", bytes: 600))
        #expect((added.status, added.text) == (.outOfMemory, "Out of memory allocating item"))
        #expect(try client.value(of: "a") != nil)
        #expect(try client.ask(storing(.set, key: "a", bytes: 600)).status == .outOfMemory)
        #expect(try client.value(of: "a") == nil)
        #expect(try client.ask(storing(.set, key: "a", bytes: 600)).status == .success)
    }

    @Test func `a full server that evicts removes what was used longest ago`() throws {
        var client = Conversation { $0.memoryLimit = 1_000 }
        _ = try client.send(
            storing(.set, key: "a", bytes: 200),
            storing(.set, key: "b", bytes: 200),
            storing(.set, key: "c", bytes: 200),
            command(.get, "a"),
            storing(.set, key: "d", bytes: 200)
        )
        let survivors = try ["a", "b", "c", "d"].filter { try client.value(of: $0) != nil }
        #expect(survivors == ["a", "c", "d"])
        #expect(client.engine.counts.evictions == 1)
    }
}
