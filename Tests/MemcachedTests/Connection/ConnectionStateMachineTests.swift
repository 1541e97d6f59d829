import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("The connection's state machine", .fewAtATime)
struct ConnectionStateMachineTests {
    static func machine(_ requests: [PendingRequest<Int>]) -> MachineProbe {
        let machine = MachineProbe(stallTimeout: .nanoseconds(100), now: .at(0))
        _ = machine.sent(requests, now: .at(0))
        return machine
    }

    @Test("Each reply goes to the request that is due, and gives its room back")
    func singles() throws {
        let machine = Self.machine([.single(1, opaque: 7), .single(2, .version, opaque: 8)])
        #expect(machine.take(.noop, 7) == .complete(1, requests: 1))
        #expect(machine.take(.version, 8) == .complete(2, requests: 1))
        #expect(machine.isIdle)
    }

    @Test("A batch ends with its NOOP; its replies bear their requests' indices")
    func batch() {
        let machine = Self.machine([.batch(1, .getQuietly, count: 4, opaque: 10), .single(2, opaque: 14)])
        #expect(machine.take(.getQuietly, 10) == .wait)
        #expect(machine.take(.getQuietly, 12) == .wait)
        #expect(machine.take(.noop, 13) == .complete(1, requests: 4, indices: [0, 2]))
        #expect(machine.take(.noop, 14) == .complete(2, requests: 1))
    }

    @Test("A batch's opaques may wrap around")
    func batchWraps() {
        let machine = Self.machine([.batch(1, .getQuietly, count: 4, opaque: .max - 1)])
        #expect(machine.take(.getQuietly, .max) == .wait)
        #expect(machine.take(.getQuietly, 0) == .wait)
        #expect(machine.take(.noop, 1) == .complete(1, requests: 4, indices: [1, 2]))
    }

    @Test("Statistics end with an empty one, or with a refusal, which is then the only reply")
    func statistics() {
        let machine = Self.machine([.statistics(1, opaque: 1), .statistics(2, opaque: 2)])
        #expect(machine.take(.stat, 1, key: "pid") == .wait)
        #expect(machine.take(.stat, 1, key: "time") == .wait)
        #expect(machine.take(.stat, 1) == .complete(1, requests: 1, indices: [1, 1]))
        #expect(machine.take(.stat, 2, status: .keyNotFound) == .complete(2, requests: 1, indices: [2]))
    }

    @Test("A reply that isn't due closes the connection")
    func notDue() {
        let wrong: [(String, [PendingRequest<Int>], [(Opcode, UInt32)])] = [
            ("unsolicited", [], [(.noop, 0)]),
            ("an opaque that is not due", [.single(1, opaque: 7)], [(.noop, 8)]),
            ("the last one's opaque", [.single(1, opaque: 7), .single(2, opaque: 8)], [(.noop, 7), (.noop, 7)]),
            ("the next one's opaque", [.single(1, opaque: 7), .single(2, opaque: 8)], [(.noop, 8)]),
            ("another opcode", [.single(1, opaque: 7)], [(.get, 7)]),
            ("a loud twin", [.batch(1, .getQuietly, count: 3, opaque: 1)], [(.get, 1)]),
            ("no NOOP at the end", [.batch(1, .getQuietly, count: 3, opaque: 1)], [(.getQuietly, 3)]),
            ("a NOOP too early", [.batch(1, .getQuietly, count: 3, opaque: 1)], [(.noop, 1)]),
            ("twice", [.batch(1, .getQuietly, count: 3, opaque: 1)], [(.getQuietly, 1), (.getQuietly, 1)]),
            ("out of order", [.batch(1, .getQuietly, count: 3, opaque: 1)], [(.getQuietly, 2), (.getQuietly, 1)]),
            ("behind the batch", [.batch(1, .getQuietly, count: 3, opaque: 1)], [(.noop, 4)]),
            ("statistics of another opcode", [.statistics(1, opaque: 1)], [(.noop, 1)]),
        ]
        for (what, requests, replies) in wrong {
            let machine = Self.machine(requests)
            let actions = replies.map { machine.take($0.0, $0.1) }
            #expect(actions.last == .close, "\(what)")
            #expect(!actions.dropLast().contains(.close), "\(what)")
        }
    }

    @Test("A tombstone's reply is dropped by its opaque; until it comes it counts")
    func tombstones() {
        let machine = Self.machine([
            .single(1, opaque: 1), .batch(2, .getQuietly, count: 3, opaque: 2), .statistics(3, opaque: 5),
            .single(4, opaque: 6),
        ])
        for id in 1...3 { #expect(machine.abandon(id: UInt64(id)) == id) }
        #expect(machine.abandon(id: 1) == nil)
        #expect(machine.abandon(id: 99) == nil)
        #expect(machine.entryCount == 4)
        #expect(machine.take(.noop, 1) == .complete(nil, requests: 1))
        #expect(machine.take(.getQuietly, 2) == .wait)
        #expect(machine.take(.getQuietly, 2) == .close)
    }

    @Test("A tombstone keeps no memory of what comes for it")
    func tombstonesAreSmall() throws {
        let machine = Self.machine([.batch(1, .getQuietly, count: 3, opaque: 2), .statistics(2, opaque: 5)])
        #expect(machine.take(.getQuietly, 2, value: "a value") == .wait)
        _ = machine.abandon(id: 1)
        _ = machine.abandon(id: 2)
        #expect(machine.take(.getQuietly, 3, value: "a value") == .wait)
        guard case .complete(nil, .replies(let replies), _, _) = machine.received(reply(.noop, 4)) else {
            Issue.record("the batch isn't complete")
            return
        }
        #expect(replies.isEmpty)
        for _ in 0..<3 { #expect(machine.take(.stat, 5, key: "pid", value: "1") == .wait) }
        guard case .complete(nil, .replies(let statistics), _, _) = machine.received(reply(.stat, 5)) else {
            Issue.record("the statistics aren't complete")
            return
        }
        #expect(statistics.isEmpty)
    }

    @Test("A batch that became a tombstone in the middle still knows how far its replies have come")
    func tombstonesKnowTheOrder() {
        for late in [2, 3] as [UInt32] {
            let machine = Self.machine([.batch(1, .getQuietly, count: 5, opaque: 1)])
            #expect(machine.take(.getQuietly, 3, value: "a value") == .wait)
            #expect(machine.abandon(id: 1) == 1)
            #expect(machine.take(.getQuietly, late, value: "a value") == .close)
        }
    }

    @Test("A deadline makes a tombstone of exactly its request")
    func expiring() {
        let machine = MachineProbe(stallTimeout: .nanoseconds(100), now: .at(0))
        let earliest = machine.sent(
            [
                .single(1, opaque: 1, deadline: 50), .single(2, opaque: 2, deadline: 20),
                .single(3, opaque: 3, deadline: 500),
            ],
            now: .at(0)
        )
        #expect(earliest == .at(20))
        let none = machine.expire(now: .at(19))
        #expect(none.contexts == [] && none.next == .at(20))
        let first = machine.expire(now: .at(20))
        #expect(first.contexts == [2] && first.next == .at(50))
        let second = machine.expire(now: .at(50))
        #expect(second.contexts == [1])
        // The stall is the next thing to look at.
        #expect(second.next == .at(100))
        #expect(machine.close() == [3])
    }

    @Test("Requests of several writes are answered in order, and those that give up in any of them keep their places")
    func severalWrites() {
        let machine = Self.machine([.single(1, opaque: 1), .single(2, opaque: 2)])
        _ = machine.sent([.single(3, opaque: 3)], now: .at(0))
        _ = machine.sent(
            [.single(4, opaque: 4, deadline: 10), .single(5, opaque: 5), .single(6, opaque: 6)],
            now: .at(0)
        )
        #expect(machine.entryCount == 6)
        #expect(machine.take(.noop, 1) == .complete(1, requests: 1))
        #expect(machine.abandon(id: 1) == nil)
        #expect(machine.abandon(id: 5) == 5)
        #expect(machine.abandon(id: 5) == nil)
        #expect(machine.expire(now: .at(10)).contexts == [4])
        for (opaque, caller) in [(2, 2), (3, 3), (4, nil), (5, nil)] as [(UInt32, Int?)] {
            #expect(machine.take(.noop, opaque) == .complete(caller, requests: 1))
        }
        // What comes behind an answered write begins another one.
        _ = machine.sent([.single(7, opaque: 7)], now: .at(0))
        #expect(machine.close() == [6, 7])
        #expect(machine.entryCount == 0)
    }

    @Test("The connection stalls when nothing comes while a reply is due, and only then")
    func stalling() {
        let machine = MachineProbe(stallTimeout: .nanoseconds(100), now: .at(0))
        #expect(machine.stallDeadline == nil)
        #expect(machine.sent([.single(1, opaque: 1)], now: .at(1_000)) == .at(1_100))
        #expect(machine.sent([.single(2, opaque: 2)], now: .at(1_050)) == .at(1_100))
        machine.progressed(now: .at(1_080))
        #expect(machine.stallDeadline == .at(1_180))
        #expect(machine.take(.noop, 1) == .complete(1, requests: 1))
        // A tombstone's reply is due as well.
        _ = machine.abandon(id: 2)
        #expect(machine.stallDeadline == .at(1_180))
        #expect(machine.take(.noop, 2) == .complete(nil, requests: 1))
        #expect(machine.stallDeadline == nil)
    }

    @Test(
        "A NOOP that fails does not vouch for the quiet requests before it",
        arguments: [0x81, 0x84, 0x85] as [UInt16]
    )
    func failedNoop(status: UInt16) {
        let machine = Self.machine([.batch(1, .setQuietly, count: 3, opaque: 1)])
        #expect(machine.take(.noop, 3, status: Status(rawValue: status)) == .close)
        #expect(machine.close() == [1])
    }

    @Test("Asked to drain, it is drained when nobody waits for what is due")
    func drainingTombstones() {
        let machine = Self.machine([.single(1, opaque: 1), .single(2, opaque: 2, deadline: 50)])
        machine.drain()
        _ = machine.abandon(id: 1)
        #expect(!machine.isDrained)
        _ = machine.expire(now: .at(60))
        #expect(machine.isDrained)
    }

    @Test("Asked to drain, it is drained when nothing is due any more")
    func draining() {
        let machine = Self.machine([.single(1, opaque: 1)])
        #expect(!machine.isDrained)
        machine.drain()
        #expect(!machine.isDrained)
        #expect(machine.take(.noop, 1) == .complete(1, requests: 1))
        #expect(machine.isDrained)
    }

    @Test("Closed, it hands out everybody exactly once, and takes no reply")
    func closing() {
        let machine = Self.machine([.single(1, opaque: 1), .single(2, opaque: 2), .single(3, opaque: 3)])
        _ = machine.abandon(id: 2)
        #expect(machine.close() == [1, 3])
        #expect(machine.close() == [])
        #expect(machine.isClosed && machine.isIdle)
        #expect(machine.take(.noop, 1) == .wait)
    }
}
