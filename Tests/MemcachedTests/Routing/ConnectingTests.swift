import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("Connecting", .fewAtATime)
struct ConnectingTests {
    @Test("Calls made before run() wait for it, within their deadlines")
    func beforeRun() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        let short = fleet.get("a", timeout: .milliseconds(10))
        let long = fleet.get("b", timeout: .seconds(1))
        let over = fleet.get("c", timeout: .zero)
        #expect(over.outcome == "timedOut")
        fleet.advance(.nanoseconds(9_999_999))
        #expect(short.outcome == "running")
        fleet.advance(.nanoseconds(1))
        #expect(short.outcome == "timedOut")
        _ = fleet.run()
        let wire = try fleet.accept()
        try wire.answer(wire.requests())
        #expect(long.outcome == "value of b")
    }

    @Test("While connecting, a caller can be cancelled, and deadlines pass in any order")
    func waiting() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let times = [50, 20, 40, 10, 30]
        let calls = times.map { fleet.get("a", timeout: .milliseconds($0)) }
        let cancelled = fleet.get("a")
        cancelled.cancel()
        fleet.settle()
        #expect(cancelled.outcome == "cancelled")
        for now in [10, 20, 30, 40, 50] {
            fleet.advance(.milliseconds(10))
            #expect(calls.map(\.outcome) == times.map { $0 <= now ? "timedOut" : "running" })
        }
    }

    @Test("Ten thousand callers wait and are answered")
    func crowd() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        let calls = (0..<10_000).map { _ in fleet.get("a", timeout: .seconds(10)) }
        #expect(fleet.client.cluster.topology.nodes[0].slots[0].waitingCount == 10_000)
        for call in calls.prefix(5_000) { call.cancel() }
        _ = fleet.run()
        let wire = try fleet.accept()
        while true {
            let requests = try wire.requests()
            if requests.isEmpty { break }
            var bytes = ByteBuffer()
            for frame in requests { bytes.writeReply(Wire.answer(to: frame)) }
            try wire.receive(bytes)
        }
        #expect(calls.prefix(5_000).allSatisfy { $0.outcome == "cancelled" })
        #expect(calls.dropFirst(5_000).allSatisfy { $0.outcome == "value of a" })
    }

    @Test("A server that can't be reached gives a prompt error, and is tried again after longer and longer pauses")
    func unreachable() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let waiting = fleet.get("a")
        for pause in [50, 100, 200] as [Int64] {
            try fleet.refuse()
            #expect(waiting.outcome == "connectionFailed")
            let prompt = fleet.get("a")
            #expect(prompt.outcome == "connectionFailed")
            guard case .failure(let error) = prompt.value else { return }
            #expect(error.server == .host("cache-1"))
            #expect(error.key == "a")
            fleet.advance(.milliseconds(pause) - .milliseconds(1))
            #expect(fleet.transport.count == 0)
            fleet.advance(.milliseconds(2))
            #expect(fleet.transport.count == 1)
        }
        let wire = try fleet.accept()
        let call = fleet.get("a")
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
    }

    @Test("A server that doesn't answer the handshake is given up after connectTimeout")
    func silentHandshake() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get("a")
        let wire = try fleet.accept(handshake: false)
        fleet.advance(.seconds(1))
        #expect(call.outcome == "connectionFailed")
        #expect(!wire.isOpen)
        let error = fleet.client.cluster.topology.nodes[0].slots[0].lastError
        #expect(error?.message.contains("didn't answer the handshake") == true)
    }

    @Test("A server that wants authentication says so")
    func authentication() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get("a")
        let wire = try fleet.accept(handshake: false)
        let frame = try #require(wire.requests().first)
        try wire.reply(reply(.noop, frame.header.opaque, status: .authenticationError, value: "Auth failure"))
        #expect(call.outcome == "authenticationRequired")
    }

    @Test("A server that hangs up on STAT is asked for no statistics the next time")
    func hangsUpOnStatistics() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let call = fleet.get("a")
        let first = try fleet.accept(handshake: false)
        try first.answer(first.requests())
        #expect(try first.requests().map(\.header.opcode) == [.stat])
        try first.hangUp()
        let wire = try fleet.accept(handshake: false)
        let handshake = try wire.requests()
        #expect(handshake.map(\.header.opcode) == [.noop])
        try wire.answer(handshake)
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
    }

    @Test("One that hangs up on the NOOP before it has refused no statistics: it is asked for them the next time")
    func hangsUpOnNoop() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept(handshake: false)
        #expect(try first.requests().map(\.header.opcode) == [.noop])
        try first.hangUp()
        #expect(fleet.get("a").outcome == "connectionFailed")
        fleet.advance(.milliseconds(51))
        let wire = try fleet.accept()
        // The server has told its largest item.
        #expect(fleet.set("a", String(repeating: "x", count: 4_096)).value == "valueTooLarge")
        #expect(try wire.requests().isEmpty)
    }

    @Test("After a long outage a connection that ends soon costs callers no more than the shortest pause")
    func shortLifeAfterOutage() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        for _ in 0..<8 {
            try fleet.refuse()
            fleet.advance(.seconds(6))
        }
        try fleet.accept().hangUp()
        let call = fleet.get("a")
        fleet.advance(.milliseconds(51))
        let wire = try fleet.accept()
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
    }

    @Test("A name that leads to another address leads to another server, even where process id and start are the same")
    func anotherAddress() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let first = try fleet.accept(peer: "10.0.0.1")
        let read = fleet.get("a")
        try first.answer(first.requests())
        let item = try #require(try read.value?.get())
        fleet.advance(.seconds(1))
        try first.hangUp()
        let second = try fleet.accept(peer: "10.0.0.2")
        let swap = fleet.call { client in
            do throws(MemcachedError) {
                _ = try await client.compareAndSwap("a", to: ByteBuffer(string: "lost"), expecting: item.version)
                return "sent"
            } catch {
                return "\(error.code)"
            }
        }
        #expect(swap.value == "versionUnusable")
        #expect(try second.requests().isEmpty)
    }

    @Test("A client that never runs is freed with its nodes")
    func neverRun() throws {
        var configuration = ClientConfiguration(servers: [try MemcachedServer("127.0.0.1")])
        configuration.ejection = ServerEjection()
        var client: MemcachedClient? = try MemcachedClient(configuration: configuration)
        weak let node = client?.cluster.topology.nodes[0]
        #expect(node != nil)
        client = nil
        #expect(node == nil)
    }

    @Test("A handshake needs room for one request only")
    func smallestBounds() throws {
        let fleet = try Fleet {
            $0.connection.maximumRequestsInFlight = 1
            $0.connection.overloadPolicy = .fail
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.get("a")
        try wire.answer(wire.requests())
        #expect(call.outcome == "value of a")
    }

    @Test("A server that closes each new connection is tried with pauses, and callers learn of it")
    func hangsUpAlways() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        try fleet.accept().hangUp()
        fleet.advance(.milliseconds(51))
        try fleet.accept().hangUp()
        #expect(fleet.transport.count == 0)
        #expect(fleet.get("a").outcome == "connectionLost")
        fleet.advance(.milliseconds(101))
        #expect(fleet.transport.count == 1)
    }
}
