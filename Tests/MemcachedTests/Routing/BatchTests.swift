import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("Batches over a fleet", .fewAtATime)
struct BatchTests {
    private typealias Results = [String: Result<MemcachedItem?, MemcachedError>]

    /// Answers everything that is written until nothing more is; keys that begin with "miss" are misses.
    private func serve(_ wires: [Wire], each: ([Frame]) -> Void = { _ in }) throws {
        while true {
            var isIdle = true
            for wire in wires {
                let requests = try wire.requests()
                if requests.isEmpty { continue }
                isIdle = false
                each(requests)
                var bytes = ByteBuffer()
                for frame in requests where frame.header.opcode == .noop || !isSilent(frame) {
                    bytes.writeReply(Wire.answer(to: frame))
                }
                try wire.receive(bytes)
            }
            if isIdle { return }
        }
    }

    private func isSilent(_ frame: Frame) -> Bool {
        frame.header.opcode == .setQuietly || String(buffer: frame.key).hasPrefix("miss")
    }

    private func text(_ result: Result<MemcachedItem?, MemcachedError>?) -> String {
        switch result {
        case nil: "none"
        case .success(let item): item.map { String(buffer: $0.value) } ?? "miss"
        case .failure(let error): "\(error.code)"
        }
    }

    @Test("Two spellings of one character are two keys to a server: both are refused, and nothing is sent for them")
    func spellings() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.call { await $0.getMany(["e\u{301}", "a", "\u{e9}"]) }
        var keys: [String] = []
        try serve([wire]) { frames in keys += frames.map { String(buffer: $0.key) } }
        let results = try #require(call.value)
        #expect(keys == ["a", ""])
        #expect(results.count == 2)
        #expect(text(results["a"]) == "value of a")
        #expect(text(results["\u{e9}"]) == "invalidKey")
    }

    @Test("A success that a server tells of a quiet request is no failure")
    func loudSuccess() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let set = fleet.call { await $0.setMany(["a": StoreItem(value: ByteBuffer(string: "1"))]) }
        try wire.answer(try wire.requests())
        #expect(throws: Never.self) { try set.value?["a"]?.get() }
        let delete = fleet.call { await $0.deleteMany(["a"]) }
        try wire.answer(try wire.requests())
        #expect(try delete.value?["a"]?.get() == true)
    }

    @Test("Each key gets its own value, over several servers, connections and windows")
    func everyKeyItsOwn() throws {
        let fleet = try Fleet(servers: 3) {
            $0.connectionsPerServer = 2
            $0.batchWindow = 3
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wires = try (0..<6).map { _ in try fleet.accept() }
        let names = (0..<200).map { $0 % 5 == 0 ? "miss-\($0)" : "key-\($0)" }
        let call = fleet.call { await $0.getMany(names) }
        try serve(wires)
        let results = try #require(call.value)
        #expect(results.count == 200)
        for name in names {
            #expect(text(results[name]) == (name.hasPrefix("miss") ? "miss" : "value of \(name)"))
        }
    }

    @Test("A window that finishes before an earlier one swaps no results")
    func windowsOutOfOrder() throws {
        let fleet = try Fleet { $0.batchWindow = 1 }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        // The second one is refused at once, while the first one waits for the server.
        let items = [
            "a": StoreItem(value: ByteBuffer(string: "small")),
            "b": StoreItem(value: ByteBuffer(repeating: 0, count: 4096)),
        ]
        let call = fleet.call { await $0.setMany(items).mapValues { $0.map { "stored" } } }
        #expect(call.value == nil)
        try serve([wire])
        let results = try #require(call.value)
        #expect(try results["a"]?.get() == "stored")
        #expect(throws: MemcachedError.self) { try results["b"]?.get() }
    }

    @Test("Keys are asked for once each, in order of appearance")
    func duplicates() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.call { await $0.getMany(["c", "a", "c", "b", "a"]) }
        let requests = try wire.requests()
        #expect(requests.dropLast().map { String(buffer: $0.key) } == ["c", "a", "b"])
        try wire.answer(requests)
        #expect(call.value?.count == 3)
    }

    @Test("A batch of 100,000 keeps to the connection's bounds, with two windows under way")
    func huge() throws {
        let fleet = try Fleet {
            $0.connection.overloadPolicy = .fail
            $0.connection.maximumRequestsInFlight = 1_000
            $0.batchWindow = 10_000
            $0.timeout = .seconds(60)
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let names = (0..<100_000).map { "miss-\($0)" }
        let call = fleet.call { await $0.getMany(names) }
        var most = 0
        try serve([wire]) { most = max(most, $0.count) }
        let results = try #require(call.value)
        #expect(results.count == 100_000)
        #expect(results.values.allSatisfy { (try? $0.get()) == .some(nil) })
        #expect(most == 1_000)
    }

    @Test("Where the bounds fail a call, they fail a batch's first window or none: the others wait their turn")
    func hugeBesideAnother() throws {
        let fleet = try Fleet {
            $0.connection.overloadPolicy = .fail
            $0.connection.maximumRequestsInFlight = 1_000
            $0.connection.stallTimeout = .seconds(60)
            $0.batchWindow = 10_000
            $0.timeout = .seconds(60)
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        // With it, two windows have no room at a time.
        let single = fleet.get("single")
        let waiting = try wire.requests()
        let names = (0..<100_000).map { "miss-\($0)" }
        let call = fleet.call { await $0.getMany(names) }
        let first = try wire.requests()
        #expect(first.count == 500)
        try wire.answer(waiting + first.suffix(1))
        #expect(single.outcome == "value of single")
        try serve([wire])
        let results = try #require(call.value)
        #expect(results.values.allSatisfy { (try? $0.get()) == .some(nil) })
    }

    @Test("A batch whose first window is refused is refused as a whole, and nothing of it is sent")
    func refusedBatch() throws {
        let fleet = try Fleet {
            $0.connection.overloadPolicy = .fail
            $0.connection.maximumRequestsInFlight = 10
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let crowd = (0..<9).map { _ in fleet.get("a") }
        // Else most of them would still wait for a reply, to be written together.
        fleet.advance(.milliseconds(1))
        let waiting = try wire.requests()
        let names = (0..<20).map { "key-\($0)" }
        let call = fleet.call { await $0.getMany(names) }
        try wire.answer(waiting)
        #expect(crowd.allSatisfy { $0.outcome == "value of a" })
        try serve([wire])
        let results = try #require(call.value)
        let refused = names.filter { text(results[$0]) == "overloaded" }
        let read = names.filter { text(results[$0]) == "value of \($0)" }
        #expect(refused.count + read.count == names.count)
        // Of the five windows the first was refused, while the second one waited already.
        #expect(refused.count == 16)
    }

    @Test("A server that dies between a batch's windows fails what was sent as unknown, and what was not as lost")
    func diesBetweenWindows() throws {
        let fleet = try Fleet {
            $0.batchWindow = 2
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let items = Dictionary(
            uniqueKeysWithValues: (0..<8).map { ("key-\($0)", StoreItem(value: ByteBuffer(string: "\($0)"))) }
        )
        let call = fleet.call { client in
            await client.setMany(items).mapValues { result in
                switch result {
                case .success: "stored"
                case .failure(let error): "\(error.code)"
                }
            }
        }
        // Two windows are under way; one is answered, and the third one follows.
        let first = try wire.requests()
        #expect(first.count == 6)
        try wire.answer([first[2]])
        let third = try wire.requests()
        #expect(third.count == 3)
        try wire.hangUp()
        for _ in 0..<3 {
            if fleet.transport.count > 0 { try fleet.refuse() }
            fleet.advance(.milliseconds(60))
        }
        let results = try #require(call.value)
        #expect(results.values.count { $0 == "stored" } == 2)
        #expect(results.values.count { $0 == "outcomeUnknown" } == 4)
        #expect(results.values.count { $0 == "connectionFailed" } == 2)
    }

    @Test("A batch of large values keeps to the bound on bytes, one by one where two don't fit")
    func largeValues() throws {
        let fleet = try Fleet {
            $0.connection.overloadPolicy = .fail
            $0.connection.maximumBytesInFlight = 1_500
            $0.connection.maximumRequestsInFlight = 4
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let items = Dictionary(
            uniqueKeysWithValues: (0..<10).map { ("\($0)", StoreItem(value: ByteBuffer(repeating: 0, count: 1_000))) }
        )
        let call = fleet.call { await $0.setMany(items).mapValues { (try? $0.get()) != nil } }
        var most = 0
        try serve([wire]) { frames in
            most = max(most, frames.reduce(0) { $0 + FrameHeader.length + Int($1.header.bodyLength) })
        }
        #expect(call.value == items.mapValues { _ in true })
        #expect(most > 1_000 && most <= 1_500)
    }

    @Test("One server's failure hides nothing of the others', and is no miss")
    func oneServerFails() throws {
        let fleet = try Fleet(servers: 3)
        defer { fleet.finish() }
        _ = fleet.run()
        let wires = try (0..<2).map { _ in try fleet.accept() }
        let down = try fleet.transport.next()
        down.continuation.resume(returning: .failure(MemcachedError(.connectionFailed, "refused", server: down.server)))
        fleet.settle()
        let names = (0..<60).map { "miss-\($0)" }
        let call = fleet.call { await $0.getMany(names) }
        try serve(wires)
        let results = try #require(call.value)
        var failed = 0
        for name in names {
            let owner = try fleet.client.server(for: name).server.address
            if owner == down.server {
                failed += 1
                #expect(text(results[name]) == "connectionFailed")
            } else {
                #expect(text(results[name]) == "miss")
            }
        }
        #expect(failed > 0 && failed < 60)
    }

    @Test("A wrong key fails alone, and an empty batch asks nobody")
    func wrongKeys() throws {
        let fleet = try Fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.call { await $0.getMany(["", "a", String(repeating: "k", count: 251)]) }
        let requests = try wire.requests()
        #expect(requests.count == 2)
        try wire.answer(requests)
        #expect(text(call.value?["a"]) == "value of a")
        #expect(text(call.value?[""]) == "invalidKey")
        #expect(call.value?.count == 3)
        #expect(fleet.call { await $0.getMany([String]()).count }.value == 0)
        #expect(try wire.requests().isEmpty)
    }
}
