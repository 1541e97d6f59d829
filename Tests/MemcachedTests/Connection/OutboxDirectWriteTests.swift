import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// Which caller writes to the socket itself, and what the loop learns of it.
@Suite(.fewAtATime) struct OutboxDirectWriteTests {
    private func idle(watching deadline: Int = 100, stallTimeout: Int64 = 1_000) -> OutboxProbe {
        let outbox = OutboxProbe(limits: .init(requests: 2, bytes: 10_000, waits: true))
        #expect(outbox.allowDirectWrite(watching: deadline, stallTimeout: stallTimeout))
        return outbox
    }

    @Test func `the first caller of an idle connection writes, and the loop takes nothing until it has`() throws {
        let outbox = idle()
        #expect(outbox.submit(1, now: 0) == .writesHere)
        #expect(try outbox.segments.frames().map { OpaqueSpread.number(of: $0.header.opaque) } == [1])
        #expect(outbox.requestsInUse == 1)
        // It wakes the loop itself when it is done.
        #expect(outbox.submit(2, now: 0) == .queued)
        #expect(outbox.takeUnlessWriting() == nil)
        #expect(outbox.finishDirectWrite())
        #expect(outbox.takeAll().requests.map(\.firstOpaque) == [2])
        #expect(!outbox.finishDirectWrite())
    }

    @Test func `a loop that looked while a caller wrote is woken by the next one`() {
        let outbox = idle()
        #expect(outbox.submit(1, now: 0) == .writesHere)
        // The reply is there before the caller has returned from its write.
        outbox.expectDrain()
        #expect(outbox.takeWritten() == 1)
        #expect(!outbox.release(requests: 1, bytes: 24))
        #expect(!outbox.allowDirectWrite())
        #expect(outbox.takeUnlessWriting() == nil)
        #expect(!outbox.finishDirectWrite())
        #expect(outbox.submit(2, now: 0) == .wake)
        #expect(outbox.takeAll().requests.compactMap(\.context) == [2])
    }

    @Test func `what is queued while a caller writes has its deadline watched, and goes out afterwards`() {
        let outbox = idle()
        #expect(outbox.submit(1, now: 0) == .writesHere)
        #expect(outbox.submit(2, deadline: 50, now: 0) == .wake)
        #expect(outbox.takeUnlessWriting() == nil)
        #expect(outbox.earliestSeen == .at(50))
        #expect(outbox.submit(3, deadline: 60, now: 0) == .queued)
        #expect(outbox.finishDirectWrite())
        #expect(outbox.submit(4, deadline: 40, now: 0) == .queued)
        #expect(outbox.waitingCount == 2)
        #expect(outbox.takeAll().requests.compactMap(\.context) == [2])
    }

    @Test func `a deadline that is earlier than all that the loop knows wakes it while a caller writes`() {
        let outbox = idle()
        #expect(outbox.submit(1, now: 0) == .writesHere)
        #expect(outbox.submit(2, deadline: 50, now: 0) == .wake)
        #expect(outbox.takeUnlessWriting() == nil)
        #expect(outbox.submit(3, deadline: 49, now: 0) == .wake)
    }

    @Test func `the loop learns of it, once, with what it takes or without`() {
        let outbox = idle()
        #expect(outbox.submit(1, now: 0) == .writesHere)
        #expect(!outbox.isEmpty)
        #expect(outbox.takeWritten() == 1)
        #expect(outbox.takeWritten() == nil)
        #expect(!outbox.finishDirectWrite())
        #expect(!outbox.release(requests: 1, bytes: 24))
        #expect(outbox.allowDirectWrite())
        #expect(outbox.submit(2, now: 0) == .writesHere)
        #expect(!outbox.finishDirectWrite())
        #expect(outbox.submit(3, now: 0) == .wake)
        let batch = outbox.take()
        #expect(batch.written?.request.context == 2)
        #expect(batch.requests.compactMap(\.context) == [3])
    }

    @Test func `what the socket did not take goes before all else`() throws {
        let outbox = idle()
        #expect(outbox.submit(1, .single(try .set("a", ByteBuffer(string: "value"))), now: 0) == .writesHere)
        var left = outbox.segments
        left[0].moveReaderIndex(forwardBy: 10)
        #expect(outbox.submit(2, now: 0) == .queued)
        #expect(outbox.finishDirectWrite(unwritten: left))
        var bytes = ByteBuffer()
        for segment in outbox.takeAll().segments { bytes.writeImmutableBuffer(segment) }
        let whole = outbox.segments[0]
        var all = try #require(whole.getSlice(at: whole.readerIndex, length: 10))
        all.writeImmutableBuffer(bytes)
        #expect(try [all].frames().map(\.header.opcode) == [.set, .noop])
    }

    @Test func `what is left is written even where nobody queues anything`() {
        let outbox = idle()
        #expect(outbox.submit(1, now: 0) == .writesHere)
        #expect(outbox.finishDirectWrite(unwritten: outbox.segments))
        let batch = outbox.takeAll()
        #expect(batch.requests.isEmpty && batch.segments.count == 1)
        #expect(batch.written?.request.context == 1)
    }

    @Test func `nobody writes whose deadline the loop would miss, or whose stall it would see late`() {
        #expect(idle().submit(1, deadline: 99, now: 0) == .wake)
        #expect(idle().submit(1, deadline: 100, now: 0) == .writesHere)
        #expect(idle(stallTimeout: 50).submit(1, now: 49) == .wake)
        #expect(idle(stallTimeout: 50).submit(1, now: 50) == .writesHere)
        let outbox = idle()
        #expect(outbox.submit(1) == .wake)
        #expect(outbox.takeAll().requests.compactMap(\.context) == [1])
        // Nor anybody after one who hasn't.
        #expect(outbox.submit(2, now: 0) == .wake)
    }

    @Test func `only an idle, open connection allows it, until the loop is awake`() {
        let busy = OutboxProbe(limits: .init(requests: 2, bytes: 10_000, waits: true))
        _ = busy.submit(1)
        #expect(!busy.allowDirectWrite())
        _ = busy.takeAll()
        #expect(!busy.allowDirectWrite())
        _ = busy.release(requests: 1, bytes: 24)
        #expect(busy.allowDirectWrite())
        busy.expectDrain()
        #expect(busy.submit(2, now: 0) == .queued)
        let draining = OutboxProbe(limits: .init(requests: 2, bytes: 10_000, waits: true))
        draining.drain()
        #expect(!draining.allowDirectWrite())
        #expect(draining.submit(1, now: 0) == .refused)
    }

    @Test func `who has written and gives up leaves a tombstone`() {
        let outbox = idle()
        #expect(outbox.submit(1, now: 0) == .writesHere)
        let withdrawn = outbox.withdraw(id: 1)
        #expect(withdrawn?.context == 1 && withdrawn?.isEncoded == true)
        #expect(outbox.withdraw(id: 1) == nil)
        #expect(outbox.isEmpty)
        #expect(!outbox.finishDirectWrite())
        let written = outbox.take().written
        #expect(written?.request.id == 1 && written?.request.context == nil)
    }

    @Test func `a look at the deadlines takes it over, and so does the end`() {
        let timed = idle()
        #expect(timed.submit(1, now: 0) == .writesHere)
        #expect(timed.expire(now: .at(100)).written?.request.context == 1)
        #expect(timed.expire(now: .at(100)).written == nil)
        let closed = idle()
        #expect(closed.submit(1, now: 0) == .writesHere)
        #expect(closed.closeWritten(.closedByPeer) == 1)
        #expect(!closed.finishDirectWrite(unwritten: closed.segments))
        #expect(closed.takeAll().segments.isEmpty)
    }
}
