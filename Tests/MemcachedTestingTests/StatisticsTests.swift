import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct StatisticsTests {
    private func statistics(_ client: inout Conversation, _ group: String = "") throws -> [String: String] {
        let replies = try client.send(command(.stat, group, opaque: 7))
        #expect(replies.last == Reply(opcode: .stat, opaque: 7))
        #expect(replies.allSatisfy { $0.opaque == 7 })
        return Dictionary(replies.dropLast().map { (String(buffer: $0.key), $0.text) }) { first, _ in first }
    }

    @Test func `the general statistics name the server's incarnation and count its commands`() throws {
        var client = Conversation(start: 1_000_000) { $0.version = "1.5.0" }
        client.wait(seconds: 30)
        _ = try client.send(
            store("a", "1"),
            command(.get, "a"),
            command(.get, "missing"),
            command(.touch, "a", extras: [0]),
            command(.delete, "missing")
        )
        let found = try statistics(&client)
        let expected = [
            "pid": "4711", "uptime": "30", "time": "1000030", "version": "1.5.0", "curr_items": "1", "cmd_get": "2",
            "get_hits": "1", "get_misses": "1", "cmd_set": "1", "cmd_touch": "1", "delete_misses": "1",
            "bytes": "61", "limit_maxbytes": "67108864",
        ]
        for (name, value) in expected {
            #expect(found[name] == value, "\(name)")
        }
        #expect(found["threads"] != nil)
    }

    @Test func `the settings tell the limits and what is switched off`() throws {
        var client = Conversation {
            $0.itemSizeLimit = 1_024
            $0.isCASEnabled = false
            $0.isFlushEnabled = false
            $0.maximumConnections = 5
        }
        let found = try statistics(&client, "settings")
        #expect(found["item_size_max"] == "1024")
        #expect(found["cas_enabled"] == "no")
        #expect(found["flush_enabled"] == "no")
        #expect(found["maxconns"] == "5")
        #expect(found["idle_timeout"] == "0")
    }

    @Test(arguments: ["items", "slabs", "sizes", "detail on", "detail off", "detail dump", "reset"])
    func `a known group ends with an empty packet`(group: String) throws {
        var client = Conversation()
        _ = try client.send(store("a", "1"))
        _ = try statistics(&client, group)
    }

    @Test(arguments: ["bogus", "itemsx", "detail", "conns"])
    func `an unknown group gives 1 in one packet, without a terminator`(group: String) throws {
        var client = Conversation()
        let replies = try client.send(command(.stat, group), command(.noop))
        #expect(replies.map(\.status) == [.keyNotFound, .success])
        #expect(replies.first?.text == "Not found")
    }

    @Test func `reset forgets the counts and no item`() throws {
        var client = Conversation()
        _ = try client.send(store("a", "1"), command(.get, "a"), command(.stat, "reset"))
        let found = try statistics(&client)
        #expect(found["get_hits"] == "0")
        #expect(found["curr_items"] == "1")
    }

    @Test func `VERSION answers the configured text`() throws {
        var client = Conversation { $0.version = "1.4.15" }
        #expect(try client.ask(command(.version)).text == "1.4.15")
    }
}
