import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("The outbox", .fewAtATime)
struct OutboxTests {
    @Test("Only the first of a batch wakes the loop, and the first after it was taken")
    func wakesOnce() {
        let outbox = OutboxProbe(limits: .init(requests: 100, bytes: 10_000, waits: true))
        let wakes = (1...5).map { outbox.submit($0) }
        #expect(wakes == [.wake, .queued, .queued, .queued, .queued])
        #expect(outbox.takeAll().requests.compactMap(\.context) == [1, 2, 3, 4, 5])
        let later = [outbox.submit(6), outbox.submit(7)]
        #expect(later == [.wake, .queued])
        _ = outbox.takeAll()
        #expect(outbox.takeAll().requests.isEmpty)
    }

    @Test("Nobody wakes a loop that is awake: until it finds nothing to take, it looks again by itself")
    func awake() {
        let outbox = OutboxProbe(limits: .init(requests: 100, bytes: 10_000, waits: true))
        #expect(outbox.submit(1) == .wake)
        #expect(outbox.take().requests.compactMap(\.context) == [1])
        // During the write.
        #expect(outbox.submit(2) == .queued)
        #expect(outbox.take().requests.compactMap(\.context) == [2])
        #expect(outbox.take().requests.isEmpty)
        #expect(outbox.submit(3) == .wake)
        _ = outbox.takeAll()
        // While it reads.
        outbox.expectDrain()
        #expect(outbox.submit(4) == .queued)
        #expect(outbox.takeAll().requests.compactMap(\.context) == [4])
    }

    @Test("While the loop holds back, only a deadline earlier than all that it knows wakes it")
    func holding() {
        let outbox = OutboxProbe(limits: .init(requests: 2, bytes: 10_000, waits: true))
        #expect(outbox.submit(1, deadline: 50) == .wake)
        #expect(outbox.submit(2, deadline: 40) == .queued)
        #expect(outbox.submit(3, deadline: 30) == .queued)
        #expect(outbox.hold() == .at(30))
        #expect(outbox.submit(4, deadline: 30) == .queued)
        #expect(outbox.submit(5, deadline: 29) == .wake)
        #expect(outbox.hold() == .at(29))
        #expect(outbox.takeAll().requests.compactMap(\.context) == [1, 2])
        // What has been taken is the loop's to watch; by the moment that it has named it looks anyway.
        #expect(outbox.hold() == .at(29))
        #expect(outbox.hold(until: 20) == .at(20))
        #expect(outbox.submit(6, deadline: 25) == .queued)
        // Who has timed out is not watched for any more.
        #expect(outbox.expire(now: .at(30)).contexts.count == 4)
        #expect(outbox.hold() == .at(1_000_000))
    }

    @Test("What is taken is all that was submitted, in order, numbered consecutively")
    func order() throws {
        let outbox = OutboxProbe(limits: .init(requests: 100, bytes: 10_000, waits: true))
        _ = outbox.submit(1)
        _ = outbox.submit(2, .batch(EncodedRequests([try .get("a"), try .get("b")])))
        _ = outbox.submit(3, .statistics(.stat()))
        let batch = outbox.takeAll()
        #expect(batch.requests.map(\.firstOpaque) == [1, 2, 5])
        #expect(batch.requests.map(\.requestCount) == [1, 3, 1])
        let frames = try batch.segments.frames()
        #expect(frames.map { OpaqueSpread.number(of: $0.header.opaque) } == [1, 2, 3, 4, 5])
        #expect(frames.map(\.header.opcode) == [.noop, .get, .get, .noop, .stat])
        #expect(batch.requests.map(\.frameBytes).reduce(0, +) == batch.segments.map(\.readableBytes).reduce(0, +))
    }

    @Test("Numbers go on at 0 after the last one, inside a batch as well")
    func opaquesWrap() throws {
        let outbox = OutboxProbe(limits: .init(requests: 100, bytes: 10_000, waits: true), firstOpaque: .max - 1)
        _ = outbox.submit(1, .batch(EncodedRequests([try .get("a"), try .get("b")])))
        _ = outbox.submit(2)
        let batch = outbox.takeAll()
        #expect(batch.requests.map(\.firstOpaque) == [.max - 1, 1])
        let numbers = try batch.segments.frames().map { OpaqueSpread.number(of: $0.header.opaque) }
        #expect(numbers == [.max - 1, .max, 0, 1])
    }

    @Test("Past the bound on requests callers wait, and proceed in order as room is given back")
    func roomByRequests() {
        let outbox = OutboxProbe(limits: .init(requests: 2, bytes: 10_000, waits: true))
        #expect((1...5).map { outbox.submit($0) } == [.wake, .queued, .queued, .queued, .queued])
        #expect(outbox.waitingCount == 3)
        #expect(outbox.takeAll().requests.compactMap(\.context) == [1, 2])
        #expect(outbox.release(requests: 1, bytes: 24))
        #expect(outbox.takeAll().requests.compactMap(\.context) == [3])
        // Nobody overtakes those who wait.
        _ = outbox.submit(6)
        #expect(outbox.release(requests: 2, bytes: 48))
        #expect(outbox.takeAll().requests.compactMap(\.context) == [4, 5])
        #expect(outbox.release(requests: 2, bytes: 48))
        #expect(outbox.takeAll().requests.compactMap(\.context) == [6])
        let hasMore = outbox.release(requests: 1, bytes: 24)
        #expect(!hasMore)
        #expect(outbox.requestsInUse == 0 && outbox.bytesInUse == 0 && outbox.isEmpty)
    }

    @Test("Past the bound on bytes callers wait, too")
    func roomByBytes() {
        let outbox = OutboxProbe(limits: .init(requests: 100, bytes: 2 * 24 + 23, waits: true))
        for id in 1...3 { _ = outbox.submit(id) }
        #expect(outbox.waitingCount == 1)
        #expect(outbox.bytesInUse == 48)
        #expect(outbox.release(requests: 1, bytes: 24) == true)
        #expect(outbox.waitingCount == 0)
    }

    @Test("A submission over the bounds goes alone")
    func oversized() throws {
        let outbox = OutboxProbe(limits: .init(requests: 2, bytes: 100, waits: true))
        let large = Submission.batch(EncodedRequests([try .get("a"), try .get("b"), try .get("c")]))
        _ = outbox.submit(1)
        _ = outbox.submit(2, large)
        _ = outbox.submit(3)
        #expect(outbox.takeAll().requests.compactMap(\.context) == [1])
        #expect(outbox.release(requests: 1, bytes: 24))
        #expect(outbox.takeAll().requests.compactMap(\.context) == [2])
        #expect(outbox.release(requests: 4, bytes: large.size.bytes))
        #expect(outbox.takeAll().requests.compactMap(\.context) == [3])
    }

    @Test("Where the configuration says so, what finds no room is refused")
    func overloaded() {
        let outbox = OutboxProbe(limits: .init(requests: 1, bytes: 10_000, waits: false))
        #expect(outbox.submit(1) == .wake)
        #expect(outbox.submit(2) == .overloaded)
        #expect(outbox.waitingCount == 0)
        _ = outbox.takeAll()
        _ = outbox.release(requests: 1, bytes: 24)
        #expect(outbox.submit(3) == .wake)
    }

    @Test("Draining, it takes nothing new, and what waits still goes out")
    func draining() {
        let outbox = OutboxProbe(limits: .init(requests: 1, bytes: 10_000, waits: true))
        for id in 1...2 { _ = outbox.submit(id) }
        outbox.drain()
        #expect(outbox.submit(3) == .refused)
        #expect(outbox.takeAll().requests.compactMap(\.context) == [1])
        #expect(outbox.release(requests: 1, bytes: 24))
        #expect(outbox.takeAll().requests.compactMap(\.context) == [2])
        #expect(outbox.isEmpty)
    }

    @Test("Closed, it hands everybody out exactly once, and takes nothing new")
    func closing() {
        let outbox = OutboxProbe(limits: .init(requests: 2, bytes: 10_000, waits: true))
        for id in 1...4 { _ = outbox.submit(id) }
        _ = outbox.withdraw(id: 2)
        let first = outbox.close(.closedByPeer)
        let second = outbox.close(.stalled)
        #expect(first == [1, 3, 4])
        #expect(second == [])
        #expect(outbox.withdraw(id: 1) == nil)
        #expect(outbox.expire(now: .distantFuture).contexts.isEmpty)
        #expect(outbox.submit(5) == .refused)
        #expect(outbox.takeAll().segments.isEmpty)
    }
}

@Suite("Giving up in the outbox", .fewAtATime)
struct OutboxDeadlineTests {
    @Test("Who waits and gives up leaves nothing behind; who is encoded leaves a tombstone")
    func withdrawing() {
        let outbox = OutboxProbe(limits: .init(requests: 2, bytes: 10_000, waits: true))
        for id in 1...4 { _ = outbox.submit(id) }
        let encoded = outbox.withdraw(id: 2)
        let waiting = outbox.withdraw(id: 3)
        let unknown = outbox.withdraw(id: 9)
        let again = outbox.withdraw(id: 2)
        #expect(encoded?.context == 2 && encoded?.isEncoded == true)
        #expect(waiting?.context == 3 && waiting?.isEncoded == false)
        #expect(unknown == nil && again == nil)
        let batch = outbox.takeAll()
        #expect(batch.requests.map(\.context) == [1, nil])
        #expect(outbox.requestsInUse == 2)
        #expect(outbox.release(requests: 2, bytes: 48))
        #expect(outbox.takeAll().requests.map(\.context) == [4])
    }

    @Test("A deadline takes out exactly those that it concerns, a short one behind a long one as well")
    func expiring() {
        let outbox = OutboxProbe(limits: .init(requests: 2, bytes: 10_000, waits: true))
        for (id, time) in [(1, 50), (2, 20), (3, 40), (4, 10), (5, 30)] { _ = outbox.submit(id, deadline: time) }
        let none = outbox.expire(now: .at(9))
        #expect(none.contexts.isEmpty && none.next == .at(10))
        let first = outbox.expire(now: .at(10))
        #expect(first.contexts.map(\.context) == [4] && first.contexts.map(\.isEncoded) == [false])
        #expect(first.next == .at(20))
        let second = outbox.expire(now: .at(30))
        #expect(second.contexts.map(\.context) == [2, 5] && second.contexts.map(\.isEncoded) == [true, false])
        #expect(second.next == .at(40))
        let third = outbox.expire(now: .at(100))
        #expect(third.contexts.map(\.context) == [1, 3])
        #expect(third.next == .distantFuture)
        #expect(outbox.waitingCount == 0)
        #expect(outbox.takeAll().requests.map(\.context) == [nil, nil])
    }

    @Test("While the loop can't write, only a deadline earlier than it watches wakes it")
    func wakesWhilePaused() {
        let outbox = OutboxProbe(limits: .init(requests: 1, bytes: 10_000, waits: true))
        #expect(outbox.submit(1, deadline: 50) == .wake)
        // The channel isn't writable: the loop looks at the deadlines, and takes nothing.
        #expect(outbox.expire(now: .at(1)).next == .at(50))
        #expect(outbox.submit(2, deadline: 60) == .queued)
        #expect(outbox.submit(3, deadline: 40) == .wake)
        // Its wake-up is under way: it will look at all of them.
        #expect(outbox.submit(4, deadline: 30) == .queued)
        #expect(outbox.expire(now: .at(2)).next == .at(30))
        #expect(outbox.submit(5, deadline: 35) == .queued)
        #expect(outbox.submit(6, deadline: 29) == .wake)
    }

    @Test("While callers wait for room, only a deadline earlier than all of theirs wakes the loop")
    func wakesWhileWaiting() {
        let outbox = OutboxProbe(limits: .init(requests: 1, bytes: 10_000, waits: true))
        for (id, time) in [(1, 90), (2, 50)] { _ = outbox.submit(id, deadline: time) }
        #expect(outbox.takeAll().earliestDeadline == .at(50))
        #expect(outbox.submit(3, deadline: 60) == .queued)
        #expect(outbox.submit(4, deadline: 40) == .wake)
        #expect(outbox.takeAll().earliestDeadline == .at(40))
        // Nobody waits any more: the next one to wait must be watched.
        #expect(outbox.expire(now: .at(60)).contexts.count == 3)
        #expect(outbox.submit(5, deadline: 70) == .wake)
    }

    @Test("What has been written lends its memory to what is written next, unless somebody still reads it")
    func memory() throws {
        var outbox = Outbox<Int>(limits: .init(requests: 100, bytes: 10_000, waits: true))
        var batch = Outbox<Int>.Batch()
        var addresses: [UnsafeRawPointer?] = []
        var held: [[ByteBuffer]] = []
        for number in 1...6 {
            _ = outbox.submit(.single(.noop), id: UInt64(number), context: number, deadline: .at(1_000))
            _ = outbox.take(into: &batch)
            #expect(batch.requests.map(\.context) == [number])
            addresses += batch.segments.map { $0.withUnsafeReadableBytes(\.baseAddress) }
            if number > 3 { held.append(batch.segments) }
            batch.letGo()
            #expect(batch.segments.isEmpty && batch.requests.isEmpty)
        }
        // Two segments take turns.
        #expect(Set(addresses.prefix(4)).count == 2)
        for (number, segments) in zip(4..., held) {
            let opaques = try segments.frames().map(\.header.opaque)
            #expect(opaques == [OpaqueSpread.opaque(of: UInt32(number))])
        }
    }

    @Test("Taken again before it was let go of, a batch holds nothing of what it held")
    func takenTwice() {
        var outbox = Outbox<Int>(limits: .init(requests: 100, bytes: 10_000, waits: true))
        var batch = Outbox<Int>.Batch()
        _ = outbox.submit(.single(.noop), id: 1, context: 1, deadline: .at(1_000))
        _ = outbox.take(into: &batch)
        _ = outbox.take(into: &batch)
        #expect(batch.requests.isEmpty && batch.segments.isEmpty)
        _ = outbox.submit(.single(.noop), id: 2, context: 2, deadline: .at(1_000))
        _ = outbox.take(into: &batch)
        #expect(batch.requests.map(\.context) == [2])
    }

    @Test("After a crowd nothing of its memory is kept, and at rest nothing at all")
    func memoryAfterCrowd() throws {
        var outbox = Outbox<Int>(limits: .init(requests: 10_000, bytes: 10_000_000, waits: true))
        var batch = Outbox<Int>.Batch()
        func submit(_ count: Int) throws {
            for id in 0..<count {
                let get = Submission.single(try .get("key-\(id)"))
                _ = outbox.submit(get, id: UInt64(id), context: id, deadline: .at(1_000))
            }
        }
        try submit(3_000)
        _ = outbox.take(into: &batch)
        #expect(batch.segments[0].storageCapacity > Outbox<Int>.Batch.keptBytes)
        batch.letGo()
        #expect(batch.requests.capacity == 0)
        try submit(1)
        _ = outbox.take(into: &batch)
        #expect(batch.segments[0].storageCapacity <= 1_024)
        batch.letGo()
        // What isn't of a crowd is kept, until the connection rests.
        try submit(100)
        _ = outbox.take(into: &batch)
        batch.letGo()
        #expect(batch.requests.capacity > 0)
        batch = Outbox<Int>.Batch()
        outbox.rest()
        try submit(1)
        _ = outbox.take(into: &batch)
        #expect(batch.segments[0].storageCapacity <= 1_024)
        #expect(batch.requests.count == 1)
    }

    @Test("At rest, what is queued is kept")
    func restsWithNothingQueued() {
        var outbox = Outbox<Int>(limits: .init(requests: 100, bytes: 10_000, waits: true))
        var batch = Outbox<Int>.Batch()
        _ = outbox.submit(.single(.noop), id: 1, context: 1, deadline: .at(1_000))
        outbox.rest()
        _ = outbox.take(into: &batch)
        #expect(batch.requests.map(\.context) == [1] && batch.segments.count == 1)
    }

    @Test("Segments that a slow peer has not taken yet don't make the next ones large")
    func heldSegments() throws {
        var outbox = Outbox<Int>(limits: .init(requests: 10_000, bytes: 10_000_000, waits: true))
        var batch = Outbox<Int>.Batch()
        var held: [ByteBuffer] = []
        let large = Submission.batch(EncodedRequests(try (0..<1_000).map { try .getQuietly("key-\($0)") }))
        for (number, submission) in ([large] + Array(repeating: .single(.noop), count: 10)).enumerated() {
            _ = outbox.submit(submission, id: UInt64(number), context: number, deadline: .at(1_000))
            _ = outbox.take(into: &batch)
            held += batch.segments
            batch.letGo()
        }
        #expect(held[0].storageCapacity > 16_384)
        #expect(held.dropFirst().allSatisfy { $0.storageCapacity <= 1_024 })
    }
}
