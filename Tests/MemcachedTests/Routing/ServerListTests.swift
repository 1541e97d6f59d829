import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("Servers that change while the client runs", .fewAtATime)
struct ServerListTests {
    private static func servers(_ names: String...) -> [MemcachedServer] {
        names.map { MemcachedServer(.host($0)) }
    }

    @Test func `a new server gets its keys, and the others keep their connections`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept()
        try fleet.client.setServers(Self.servers("cache-1", "cache-2"))
        let second = try fleet.accept()
        #expect(fleet.transport.count == 0)
        #expect(fleet.client.servers == Self.servers("cache-1", "cache-2"))
        for (index, wire) in [first, second].enumerated() {
            let call = fleet.get(try fleet.key(on: index))
            try wire.answer(wire.requests())
            #expect(call.outcome.hasPrefix("value of"))
        }
    }

    @Test func `what was sent to a server that is gone is answered, and then its connection closes`() throws {
        let fleet = try Fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        let gone = try fleet.accept()
        let stays = try fleet.accept()
        let key = try fleet.key(on: 0)
        let call = fleet.set(key)
        let requests = try gone.requests()
        try fleet.client.setServers(Self.servers("cache-2"))
        let next = fleet.get(key)
        try stays.answer(stays.requests())
        #expect(next.outcome == "value of \(key)")
        #expect(gone.isOpen)
        try gone.answer(requests)
        #expect(call.value == "stored")
        #expect(!gone.isOpen)
        fleet.advance(.seconds(10))
        #expect(fleet.transport.count == 0)
    }

    @Test func `a call that waits for a connection to a server that is gone goes to the key's new one`() throws {
        let fleet = try Fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        let (key, other) = (try fleet.key(on: 0), try fleet.key(on: 1))
        let set = fleet.set(key)
        let batch = fleet.getMany([key, other])
        try fleet.client.setServers(Self.servers("cache-2"))
        let wire = try fleet.accept()
        try wire.answer(wire.requests())
        try wire.answer(wire.requests())
        #expect(set.value == "stored")
        #expect(batch.value == ["value of \(key)", "value of \(other)"])
    }

    @Test func `a call that waits for room on a server that is gone is still sent there`() throws {
        let fleet = try Fleet(servers: 2) { $0.connection.maximumRequestsInFlight = 1 }
        defer { fleet.finish() }
        _ = fleet.run()
        let gone = try fleet.accept()
        _ = try fleet.accept()
        let key = try fleet.key(on: 0)
        let first = fleet.set(key)
        let second = fleet.get(key)
        try fleet.client.setServers(Self.servers("cache-2"))
        try gone.answer(gone.requests())
        #expect(first.value == "stored")
        #expect(gone.isOpen)
        try gone.answer(gone.requests())
        #expect(second.outcome == "value of \(key)")
        #expect(!gone.isOpen)
    }

    @Test func `a server that comes back to the list gets a new connection, while the old one still drains`() throws {
        let fleet = try Fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        let old = try fleet.accept()
        _ = try fleet.accept()
        let key = try fleet.key(on: 0)
        let call = fleet.set(key)
        let requests = try old.requests()
        try fleet.client.setServers(Self.servers("cache-2"))
        try fleet.client.setServers(Self.servers("cache-1", "cache-2"))
        let new = try fleet.accept()
        let get = fleet.get(key)
        try new.answer(new.requests())
        #expect(get.outcome == "value of \(key)")
        try old.answer(requests)
        #expect(call.value == "stored")
        #expect(!old.isOpen && new.isOpen)
    }

    @Test func `a shutdown waits for the replies of a server that is gone, for as long as it waits for any`() throws {
        let fleet = try Fleet(servers: 2) { $0.connection.stallTimeout = .seconds(60) }
        let run = fleet.run()
        let gone = try fleet.accept()
        _ = try fleet.accept()
        let call = fleet.set(try fleet.key(on: 0), timeout: .seconds(60))
        #expect(try gone.requests().count == 1)
        try fleet.client.setServers(Self.servers("cache-2"))
        let shutdown = fleet.call { await $0.shutdown() }
        fleet.advance(.milliseconds(4_999))
        #expect(shutdown.value == nil && run.value == nil && gone.isOpen)
        fleet.advance(.milliseconds(1))
        #expect(shutdown.value != nil)
        #expect(run.value == "ended")
        #expect(call.value == "outcomeUnknown")
        #expect(!gone.isOpen)
    }

    @Test func `another weight moves keys, and no connection`() throws {
        let fleet = try Fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        _ = try fleet.accept()
        let heavy = try fleet.accept()
        let key = try fleet.key(on: 0)
        try fleet.client.setServers([
            MemcachedServer(.host("cache-1")), MemcachedServer(.host("cache-2"), weight: 1_000),
        ])
        #expect(fleet.transport.count == 0)
        #expect(try fleet.client.server(for: key).server.weight == 1_000)
        let call = fleet.get(key)
        try heavy.answer(heavy.requests())
        #expect(call.outcome == "value of \(key)")
    }

    @Test func `the list may change before the client runs`() throws {
        let fleet = try Fleet(servers: 2)
        defer { fleet.finish() }
        let call = fleet.get(try fleet.key(on: 0))
        try fleet.client.setServers(Self.servers("cache-3"))
        _ = fleet.run()
        let wire = try fleet.accept()
        #expect(wire.connection.server == .host("cache-3"))
        #expect(fleet.transport.count == 0)
        try wire.answer(wire.requests())
        #expect(call.outcome.hasPrefix("value of"))
    }

    @Test func `a wrong list changes nothing, and a client that was shut down takes none`() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        let wrong = [[], Self.servers("a", "a"), [MemcachedServer(.host("a"), weight: 0)]]
        for list in wrong {
            let error = #expect(throws: MemcachedError.self) { try fleet.client.setServers(list) }
            #expect(error?.code == .invalidArgument)
        }
        #expect(fleet.client.servers == Self.servers("cache-1"))
        _ = fleet.call { await $0.shutdown() }
        let error = #expect(throws: MemcachedError.self) { try fleet.client.setServers(Self.servers("a")) }
        #expect(error?.code == .clientClosed)
    }

    @Test func `a server that was taken off the list is not among those that are asked for their version`() throws {
        let fleet = try Fleet(servers: 2)
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.call { client in await client.noop().count }
        try fleet.client.setServers(Self.servers("cache-2"))
        let wire = try fleet.accept()
        try wire.answer(wire.requests())
        #expect(call.value == 1)
    }
}
